//! The tree of a query, as it was written: no name is resolved here.

use std::sync::Arc;

use super::TextRange;

/// A name and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::query) struct Name {
    pub(in crate::query) text: Arc<str>,
    pub(in crate::query) range: TextRange,
}

/// A whole statement.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::query) struct Statement {
    pub(in crate::query) prefix: Option<Prefix>,
    pub(in crate::query) query: Query,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::query) enum Prefix {
    Explain,
    Profile,
}

/// Single queries, joined by UNION.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::query) struct Query {
    pub(in crate::query) time: Option<TimeClause>,
    pub(in crate::query) first: Vec<Clause>,
    /// Whether duplicates are kept, the clauses, and where UNION stands.
    pub(in crate::query) unions: Vec<(bool, Vec<Clause>, TextRange)>,
    pub(in crate::query) range: TextRange,
}

/// `AS OF …`, `DURING … .. …`, with a reading.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::query) struct TimeClause {
    pub(in crate::query) when: When,
    pub(in crate::query) reading: Option<ReadingWord>,
    pub(in crate::query) range: TextRange,
}

#[derive(Clone, Debug, PartialEq)]
pub(in crate::query) enum When {
    AsOf(Expr),
    During(Expr, Expr),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::query) enum ReadingWord {
    Certain,
    /// With the years, where they are named.
    Presumed(Option<u16>),
    Possible,
}

/// `VALID FROM … [TO …]`.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::query) struct ValidClause {
    pub(in crate::query) from: Expr,
    pub(in crate::query) to: Option<Expr>,
    pub(in crate::query) range: TextRange,
}

#[derive(Clone, Debug, PartialEq)]
pub(in crate::query) struct Clause {
    pub(in crate::query) kind: ClauseKind,
    pub(in crate::query) range: TextRange,
}

#[derive(Clone, Debug, PartialEq)]
pub(in crate::query) enum ClauseKind {
    Match {
        optional: bool,
        patterns: Vec<PathPattern>,
        time: Option<TimeClause>,
        condition: Option<Expr>,
    },
    Unwind {
        list: Expr,
        variable: Name,
    },
    With {
        projection: Projection,
        condition: Option<Expr>,
    },
    Return(Projection),
    Create {
        patterns: Vec<PathPattern>,
        valid: Option<ValidClause>,
    },
    Merge {
        pattern: PathPattern,
        on_create: Vec<SetItem>,
        on_match: Vec<SetItem>,
        valid: Option<ValidClause>,
    },
    Set {
        items: Vec<SetItem>,
        valid: Option<ValidClause>,
    },
    Remove(Vec<RemoveItem>),
    Delete {
        detach: bool,
        values: Vec<Expr>,
    },
    Call(ProcedureCall),
    Subquery {
        query: Query,
        imports: Option<Vec<Name>>,
    },
    Foreach {
        variable: Name,
        list: Expr,
        clauses: Vec<Clause>,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub(in crate::query) struct ProcedureCall {
    pub(in crate::query) name: Name,
    /// `None` if the parentheses are missing: arguments are then parameters of the same names.
    pub(in crate::query) arguments: Option<Vec<Expr>>,
    pub(in crate::query) yields: Yields,
    pub(in crate::query) condition: Option<Expr>,
}

#[derive(Clone, Debug, PartialEq)]
pub(in crate::query) enum Yields {
    /// No YIELD was written.
    Unsaid,
    /// `YIELD *`.
    All,
    /// Columns and the variables that take them.
    Some(Vec<(Name, Option<Name>)>),
}

#[derive(Clone, Debug, PartialEq)]
pub(in crate::query) struct Projection {
    pub(in crate::query) distinct: bool,
    /// Whether all variables go on: `*`.
    pub(in crate::query) all: bool,
    pub(in crate::query) items: Vec<ProjectionItem>,
    pub(in crate::query) order: Vec<SortItem>,
    pub(in crate::query) skip: Option<Expr>,
    pub(in crate::query) limit: Option<Expr>,
}

#[derive(Clone, Debug, PartialEq)]
pub(in crate::query) struct ProjectionItem {
    pub(in crate::query) expr: Expr,
    pub(in crate::query) alias: Option<Name>,
    /// The column's name where there is no alias: the text as written.
    pub(in crate::query) written: Written,
}

/// Text as it was written; not part of what a tree says.
#[derive(Clone, Debug)]
pub(in crate::query) struct Written(pub(in crate::query) Arc<str>);

impl PartialEq for Written {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(in crate::query) struct SortItem {
    pub(in crate::query) expr: Expr,
    pub(in crate::query) descending: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(in crate::query) enum SetItem {
    Property {
        target: Expr,
        key: Name,
        value: Expr,
    },
    /// `=` or, where `add`, `+=`.
    All {
        target: Name,
        value: Expr,
        add: bool,
    },
    Labels {
        target: Name,
        labels: Vec<Name>,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub(in crate::query) enum RemoveItem {
    Property { target: Expr, key: Name },
    Labels { target: Name, labels: Vec<Name> },
}

#[derive(Clone, Debug, PartialEq)]
pub(in crate::query) struct PathPattern {
    pub(in crate::query) variable: Option<Name>,
    pub(in crate::query) shortest: Option<Shortest>,
    pub(in crate::query) start: NodePattern,
    pub(in crate::query) steps: Vec<(EdgePattern, NodePattern)>,
    pub(in crate::query) range: TextRange,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::query) enum Shortest {
    One,
    All,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::query) struct NodePattern {
    pub(in crate::query) variable: Option<Name>,
    pub(in crate::query) labels: Option<LabelExpr>,
    pub(in crate::query) properties: Option<Expr>,
    pub(in crate::query) condition: Option<Box<Expr>>,
    pub(in crate::query) range: TextRange,
}

#[derive(Clone, Debug, PartialEq)]
pub(in crate::query) struct EdgePattern {
    pub(in crate::query) variable: Option<Name>,
    pub(in crate::query) types: Option<LabelExpr>,
    pub(in crate::query) arrow: Arrow,
    pub(in crate::query) length: Option<Length>,
    pub(in crate::query) properties: Option<Expr>,
    pub(in crate::query) condition: Option<Box<Expr>>,
    pub(in crate::query) range: TextRange,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::query) enum Arrow {
    Out,
    In,
    Both,
}

/// How many edges a variable-length step takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::query) struct Length {
    pub(in crate::query) min: Option<u32>,
    pub(in crate::query) max: Option<u32>,
}

/// Labels of a node or types of an edge.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::query) enum LabelExpr {
    Name(Name),
    /// `%`: any label at all.
    Any,
    Not(Box<LabelExpr>),
    And(Vec<LabelExpr>),
    Or(Vec<LabelExpr>),
}

#[derive(Clone, Debug, PartialEq)]
pub(in crate::query) struct Expr {
    pub(in crate::query) kind: ExprKind,
    pub(in crate::query) range: TextRange,
}

#[derive(Clone, Debug, PartialEq)]
pub(in crate::query) enum ExprKind {
    Null,
    Boolean(bool),
    Integer(i64),
    Float(f64),
    Text(Arc<str>),
    Parameter(Arc<str>),
    Variable(Arc<str>),
    List(Vec<Expr>),
    Map(Vec<(Name, Expr)>),
    Property(Box<Expr>, Name),
    HasLabels(Box<Expr>, LabelExpr),
    Index(Box<Expr>, Box<Expr>),
    Slice(Box<Expr>, Option<Box<Expr>>, Option<Box<Expr>>),
    Not(Box<Expr>),
    Negate(Box<Expr>),
    Plus(Box<Expr>),
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    /// `a < b <= c`: each pair must hold.
    Compare(Box<Expr>, Vec<(CompareOp, Expr)>),
    IsNull(Box<Expr>, /* negated */ bool),
    Call {
        name: Name,
        distinct: bool,
        arguments: Vec<Expr>,
    },
    CountAll,
    Case {
        subject: Option<Box<Expr>>,
        arms: Vec<(Expr, Expr)>,
        otherwise: Option<Box<Expr>>,
    },
    ListComprehension {
        variable: Name,
        list: Box<Expr>,
        condition: Option<Box<Expr>>,
        map: Option<Box<Expr>>,
    },
    PatternComprehension {
        pattern: Box<PathPattern>,
        condition: Option<Box<Expr>>,
        map: Box<Expr>,
    },
    Quantifier {
        kind: QuantifierKind,
        variable: Name,
        list: Box<Expr>,
        condition: Option<Box<Expr>>,
    },
    Reduce {
        accumulator: Name,
        init: Box<Expr>,
        variable: Name,
        list: Box<Expr>,
        body: Box<Expr>,
    },
    Pattern(Box<PathPattern>),
    Subquery(SubqueryKind, Box<Query>),
    MapProjection {
        variable: Name,
        items: Vec<MapItem>,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub(in crate::query) enum MapItem {
    All,
    Property(Name),
    Variable(Name),
    Entry(Name, Expr),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::query) enum SubqueryKind {
    Exists,
    Count,
    Collect,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::query) enum QuantifierKind {
    All,
    Any,
    None,
    Single,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::query) enum BinaryOp {
    Or,
    Xor,
    And,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Power,
    In,
    StartsWith,
    EndsWith,
    Contains,
    Regex,
    Concatenate,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::query) enum CompareOp {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl CompareOp {
    /// As it is written.
    pub(in crate::query) fn mark(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "<>",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }
}

impl BinaryOp {
    /// As it is written, and how tightly it binds.
    pub(in crate::query) fn form(self) -> (&'static str, u8) {
        match self {
            Self::Or => ("OR", precedence::OR),
            Self::Xor => ("XOR", precedence::XOR),
            Self::And => ("AND", precedence::AND),
            Self::In => ("IN", precedence::PREDICATE),
            Self::StartsWith => ("STARTS WITH", precedence::PREDICATE),
            Self::EndsWith => ("ENDS WITH", precedence::PREDICATE),
            Self::Contains => ("CONTAINS", precedence::PREDICATE),
            Self::Regex => ("=~", precedence::PREDICATE),
            Self::Add => ("+", precedence::ADD),
            Self::Subtract => ("-", precedence::ADD),
            Self::Concatenate => ("||", precedence::ADD),
            Self::Multiply => ("*", precedence::MULTIPLY),
            Self::Divide => ("/", precedence::MULTIPLY),
            Self::Remainder => ("%", precedence::MULTIPLY),
            Self::Power => ("^", precedence::POWER),
        }
    }
}

/// How tightly operators bind, the loosest first; all binary ones are read from left to right.
pub(in crate::query) mod precedence {
    pub(in crate::query) const OR: u8 = 1;
    pub(in crate::query) const XOR: u8 = 2;
    pub(in crate::query) const AND: u8 = 3;
    pub(in crate::query) const NOT: u8 = 4;
    pub(in crate::query) const COMPARE: u8 = 5;
    pub(in crate::query) const PREDICATE: u8 = 6;
    pub(in crate::query) const ADD: u8 = 7;
    pub(in crate::query) const MULTIPLY: u8 = 8;
    pub(in crate::query) const POWER: u8 = 9;
    pub(in crate::query) const UNARY: u8 = 10;
    pub(in crate::query) const POSTFIX: u8 = 11;
}
