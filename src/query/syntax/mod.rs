//! How does the text of a query become a tree, and a tree text again?
//!
//! Nothing here knows of graphs. Neither lexer nor parser panics on any text; too deep a nesting is an error.

pub(super) mod ast;
mod lexer;
mod parser;
mod printer;
mod range;
mod split;
mod token;

pub(super) use parser::parse;
pub use range::TextRange;
pub use split::statements;

use super::error::QueryError;

/// Reads a query and writes it again in one form: keywords in capitals, one space, only the parentheses that are needed.
///
/// # Errors
/// [`QueryError`] where the text is not a query.
///
/// ```
/// use intergov::query::format;
/// assert_eq!(format("match (n :City) return n.name as name")?, "MATCH (n:City) RETURN n.name AS name");
/// # Ok::<(), intergov::query::QueryError>(())
/// ```
pub fn format(text: &str) -> Result<String, QueryError> {
    let query = parse(text).map_err(|error| error.located(text))?;
    Ok(printer::print(&query))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// That printing what was read and reading it again gives the same tree.
    fn survives(text: &str) {
        let tree = parse(text).unwrap_or_else(|error| panic!("{}", error.located(text)));
        let printed = printer::print(&tree);
        let again = parse(&printed).unwrap_or_else(|error| panic!("{text}\n{}", error.located(&printed)));
        assert_eq!(again, tree, "{text}\n{printed}");
        assert_eq!(printer::print(&again), printed);
    }

    #[test]
    fn what_is_printed_is_read_as_the_same_tree() {
        for text in [
            "RETURN 1 - (2 - 3) - 4, -(-1), NOT (a AND b) OR c, (a OR b) AND c, 2 ^ 3 ^ 2, (2 ^ 3) ^ 2",
            "RETURN a = b = c, (a = b) = c, a < b <= c, [x IN [1, 2] WHERE x > 1 | x * 2], {a: 1, `b c`: null}",
            "MATCH (a:A&B|!C {x: 1})-[r:X|Y*1..3 {w: 2}]->(b)<--(c)--(d) WHERE a.x STARTS WITH 'y' AND b:B RETURN *",
            "MATCH p = (a)-[*]-(b), (c) OPTIONAL MATCH (a)-[:`T y`]->(c) RETURN DISTINCT p ORDER BY p DESC SKIP 1 LIMIT 2",
            "CREATE (a:A)-[:T {x: $p}]->(b) MERGE (c) ON CREATE SET c.x = 1 ON MATCH SET c += {y: 2}, c:L REMOVE c.y, c:L",
            "MATCH (n) DETACH DELETE n, n.x UNION ALL UNWIND [1] AS x RETURN x",
            "CALL db.labels() YIELD label AS l WHERE l <> 'x' RETURN l",
            "RETURN CASE x WHEN 1 THEN 2 ELSE 3 END, CASE WHEN a THEN b END, count(*), count(DISTINCT a), l[1..], l[..2], l[0]",
            "RETURN any(x IN l WHERE x > 1), reduce(a = 0, x IN l | a + x), EXISTS { MATCH (a) RETURN a }, COUNT { (a)-->(b) }",
            "RETURN [p = (a)-->(b) WHERE b.x | b.y], (a)-->(b), a IS NOT NULL, (a.b).c, a[b].c, 'it\\'s \\\\ \\n', n {.x, .*, y: 1}",
            "AS OF '2010' PRESUMED 5 YEARS MATCH (n) AS OF $d CERTAIN RETURN n",
            "FOR VALID_TIME AS OF date('2010-12-31') MATCH (n) DURING '2004'..'2010' RETURN n",
            "MATCH (a) CALL { WITH a RETURN a AS b } FOREACH (x IN [1] | SET a.x = x) RETURN a, b",
            "MATCH p = shortestPath((a)-[*]->(b)) RETURN p, -1, - 1, 1e10, 1.5, 0x1F, -9223372036854775808",
            "VALID FROM '2010' TO '2015' CREATE (a) WITH a WHERE a.x RETURN a",
            "EXPLAIN MATCH (as)-[of:during]->(end) RETURN as.valid, of.at",
        ] {
            survives(text);
        }
    }

    #[test]
    fn deep_nesting_is_an_error() {
        for (open, close) in [("(", ")"), ("[", "]"), ("NOT ", ""), ("-", ""), ("{a: ", "}"), ("f(", ")")] {
            let text = format!("RETURN {}1{}", open.repeat(100_000), close.repeat(100_000));
            assert_eq!(parse(&text).unwrap_err().code, "TooDeep", "{open}");
        }
        let chain = format!("RETURN 1{}", " + 1".repeat(100_000));
        assert_eq!(parse(&chain).unwrap_err().code, "TooDeep");
        let braces = format!("{}RETURN 1{}", "CALL { ".repeat(100_000), " }".repeat(100_000));
        assert_eq!(parse(&braces).unwrap_err().code, "TooDeep");
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in ".{0,80}") {
            let _ = parse(&text);
        }

        #[test]
        fn any_row_of_words_is_read_or_refused_and_what_is_read_survives(
            words in prop::collection::vec(prop::sample::select(vec![
                "MATCH", "RETURN", "WITH", "WHERE", "(", ")", "[", "]", "{", "}", "a", "b", ":", "|", "-", "->", "<-", "--",
                "1", "2.5", "'x'", ",", ".", "..", "*", "+", "=", "<", ">", "AS", "OF", "ORDER", "BY", "LIMIT", "NOT",
                "AND", "IN", "IS", "NULL", "CASE", "WHEN", "THEN", "END", "$p", "count", "UNION", "CREATE", "SET", "CALL",
                "EXISTS", "UNWIND", "上海", "`x y`", "DURING", "FOREACH", "DELETE", "MERGE", "ON",
            ]), 0..24)
        ) {
            let text = words.join(" ");
            if parse(&text).is_ok() {
                survives(&text);
            }
        }
    }
}
