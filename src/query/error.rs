//! What a query gets wrong, and where it stands.

use std::fmt;
use std::ops::Deref;

use unicode_width::UnicodeWidthStr;

use super::syntax::TextRange;

/// The classes of errors, by their openCypher names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ErrorClass {
    /// The text is not a query, or says something that cannot be meant.
    Syntax,
    /// A query that contradicts itself when it runs.
    Semantic,
    /// A value of the wrong type.
    Type,
    /// A value outside the range of a function or clause.
    Argument,
    /// Arithmetic without a result: a number divided by zero, a sum beyond 64 bits.
    Arithmetic,
    /// A parameter that was not given.
    ParameterMissing,
    /// A node or an edge that the query has deleted.
    EntityNotFound,
    /// A change that leaves the graph broken.
    ConstraintVerificationFailed,
    /// A procedure that does not exist, or arguments that it does not take.
    Procedure,
    /// Part of the language that this version reads but does not run.
    NotSupported,
    /// The query would change the graph, and may only read.
    ReadOnly,
    /// The query was stopped: deadline, limit of rows, cancellation.
    Stopped,
}

impl ErrorClass {
    /// Its openCypher name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Syntax => "SyntaxError",
            Self::Semantic => "SemanticError",
            Self::Type => "TypeError",
            Self::Argument => "ArgumentError",
            Self::Arithmetic => "ArithmeticError",
            Self::ParameterMissing => "ParameterMissing",
            Self::EntityNotFound => "EntityNotFound",
            Self::ConstraintVerificationFailed => "ConstraintVerificationFailed",
            Self::Procedure => "ProcedureError",
            Self::NotSupported => "NotSupported",
            Self::ReadOnly => "ReadOnly",
            Self::Stopped => "Stopped",
        }
    }
}

/// When an error is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Before anything is read from the graph.
    CompileTime,
    /// While the query runs.
    Runtime,
}

/// Where in the text of a query an error stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The text of the line.
    pub text: String,
    /// Terminal cells before the place.
    before: usize,
    /// Terminal cells of the place; at least one.
    cells: usize,
}

impl Place {
    fn of(query: &str, range: TextRange) -> Self {
        let start = floor(query, range.start());
        let end = floor(query, range.end()).max(start);
        let from = query[..start].rfind('\n').map_or(0, |at| at + 1);
        let to = query[start..].find('\n').map_or(query.len(), |at| start + at);
        let text = query[from..to].trim_end_matches('\r').replace('\t', " ");
        let before = query[from..start].replace('\t', " ");
        let marked = query[start..end.min(to)].replace('\t', " ");
        Self {
            line: query[..start].matches('\n').count() + 1,
            column: query[from..start].chars().count() + 1,
            before: before.width(),
            cells: marked.width().max(1),
            text,
        }
    }
}

/// The nearest boundary of a character at or before a byte.
fn floor(text: &str, byte: usize) -> usize {
    let mut at = byte.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Why a query was refused or stopped.
///
/// As text it is the message, and below it the line of the query with a mark under the place.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub struct QueryError(Box<QueryFault>);

/// What a [`QueryError`] holds.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct QueryFault {
    /// The class.
    pub class: ErrorClass,
    /// The openCypher name of the detail, or one of our own: `UndefinedVariable`.
    pub code: &'static str,
    /// When it was found.
    pub phase: Phase,
    /// What is wrong.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
    /// Where it stands.
    pub place: Option<Place>,
    pub(super) range: Option<TextRange>,
}

impl Deref for QueryError {
    type Target = QueryFault;

    fn deref(&self) -> &QueryFault {
        &self.0
    }
}

impl QueryError {
    /// Whether the [`Watch`](crate::Watch) of the query was cancelled.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.class == ErrorClass::Stopped && self.0.code == "Cancelled"
    }

    fn new(class: ErrorClass, phase: Phase, code: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self(Box::new(QueryFault { class, code, phase, message, hint: None, place: None, range: None }))
    }

    /// An error of the text, found before the query runs.
    pub(super) fn syntax(code: &'static str, range: TextRange, message: impl Into<String>) -> Self {
        Self::new(ErrorClass::Syntax, Phase::CompileTime, code, message).at(range)
    }

    /// An error of another class that is found before the query runs.
    pub(super) fn early(
        class: ErrorClass,
        code: &'static str,
        range: TextRange,
        message: impl Into<String>,
    ) -> Self {
        Self::new(class, Phase::CompileTime, code, message).at(range)
    }

    /// Part of the language that is read and not run.
    pub(super) fn not_supported(what: &str, range: TextRange) -> Self {
        let message = format!("{what} is not supported by this version");
        Self::new(ErrorClass::NotSupported, Phase::CompileTime, "NotSupported", message).at(range)
    }

    /// An error that the running query meets.
    pub(super) fn runtime(class: ErrorClass, code: &'static str, message: impl Into<String>) -> Self {
        Self::new(class, Phase::Runtime, code, message)
    }

    /// The same with a place, unless it has one.
    pub(super) fn at(mut self, range: TextRange) -> Self {
        self.0.range.get_or_insert(range);
        self
    }

    /// The same with an advice.
    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// The same with an advice, where there is one.
    pub(super) fn maybe_hint(mut self, hint: Option<String>) -> Self {
        self.0.hint = self.0.hint.take().or(hint);
        self
    }

    /// The same with line and column in the text of the query.
    pub(super) fn located(mut self, query: &str) -> Self {
        self.0.place = self.0.range.map(|range| Place::of(query, range));
        self
    }
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): {}", self.class.name(), self.code, self.message)?;
        if let Some(hint) = &self.hint {
            write!(f, "; {hint}")?;
        }
        if let Some(place) = &self.place {
            let number = place.line.to_string();
            let margin = " ".repeat(number.len());
            write!(f, "\n{margin} --> line {}, column {}", place.line, place.column)?;
            write!(f, "\n{margin} |\n{number} | {}\n{margin} | ", place.text)?;
            write!(f, "{}{}", " ".repeat(place.before), "^".repeat(place.cells))?;
        }
        Ok(())
    }
}

/// `; did you mean …?` for a name that is not known, or nothing.
pub(super) fn did_you_mean<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let near = crate::value::nearest(written, known, 1);
    near.first().map(|name| format!("did you mean `{name}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_stands_below_its_cells_after_wide_characters() {
        let query = "MATCH (城市)\nRETURN '上海' + 坏";
        let start = query.find('坏').unwrap();
        let range = TextRange::new(start, start + '坏'.len_utf8());
        let error = QueryError::syntax("UndefinedVariable", range, "no variable").located(query);
        let place = error.place.clone().unwrap();
        assert_eq!((place.line, place.column), (2, 15));
        let text = error.to_string();
        let last = text.lines().last().unwrap();
        // "RETURN '" is 8 cells, the two characters 4, "' + " 4; the mark is as wide as the character.
        assert_eq!(last, format!("  | {}^^", " ".repeat(16)));
    }
}
