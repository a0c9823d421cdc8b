//! Calls of functions and procedures.

use std::sync::Arc;

use super::scope::{Scope, Variable};
use super::{Binder, Bound, Columns, Type};
use crate::query::error::{ErrorClass, QueryError, did_you_mean};
use crate::query::functions::{self, Takes};
use crate::query::plan::{Ex, ExKind, Op};
use crate::query::procedures::{ParameterType, Procedure};
use crate::query::syntax::TextRange;
use crate::query::syntax::ast::{Expr, ExprKind, Name, ProcedureCall, Yields};

impl Binder<'_> {
    /// A call of a function: its name, the number of its arguments and their types.
    pub(super) fn function(
        &mut self,
        name: &Name,
        arguments: &[Expr],
        scope: &Scope,
        range: TextRange,
    ) -> Bound<(ExKind, Type)> {
        let Some(function) = functions::find(&name.text) else {
            let message = format!("there is no function `{}`", name.text);
            let hint = did_you_mean(&name.text, functions::names());
            return Err(QueryError::syntax("UnknownFunction", name.range, message).maybe_hint(hint));
        };
        let (least, most) = (function.least, function.takes.len());
        if arguments.len() < least || arguments.len() > most && !function.endless {
            let wanted = if least == most { most.to_string() } else { format!("{least} to {most}") };
            let message = format!("`{}` takes {wanted} arguments, found {}", function.name, arguments.len());
            return Err(QueryError::syntax("InvalidNumberOfArguments", range, message));
        }
        let mut bound = Vec::new();
        let mut types = Vec::new();
        for (index, argument) in arguments.iter().enumerate() {
            let takes = function.takes.get(index).or(function.takes.last()).copied().unwrap_or(Takes::Any);
            if function.name == "exists"
                && !matches!(argument.kind, ExprKind::Property(..) | ExprKind::Pattern(_))
            {
                let message = "`exists` needs a property or a pattern";
                return Err(QueryError::syntax("InvalidArgumentType", argument.range, message));
            }
            let (ex, of) = self.expr(argument, scope)?;
            if !takes.may_be(&of) {
                let message = format!("`{}` needs {}, found {}", function.name, takes.name(), of.name());
                return Err(QueryError::syntax("InvalidArgumentType", argument.range, message));
            }
            bound.push(ex);
            types.push(of);
        }
        let of = (function.gives)(&types);
        // `exists((a)-->(b))` is the pattern itself.
        if let (ExprKind::Pattern(_), "exists") =
            (arguments.first().map_or(&ExprKind::Null, |first| &first.kind), function.name)
        {
            return Ok((bound.remove(0).kind, of));
        }
        Ok((ExKind::Call(function, bound), of))
    }

    /// `CALL name(…) YIELD …`; the columns where the call is the whole query.
    pub(super) fn procedure(
        &mut self,
        input: Op,
        call: &ProcedureCall,
        scope: &mut Scope,
        alone: bool,
    ) -> Bound<(Op, Option<Columns>)> {
        let Some(procedure) = self.context.procedures.find(&call.name.text).cloned() else {
            let message = format!("there is no procedure `{}`", call.name.text);
            let hint = did_you_mean(&call.name.text, self.context.procedures.names());
            return Err(QueryError::early(
                ErrorClass::Procedure,
                "ProcedureNotFound",
                call.name.range,
                message,
            )
            .maybe_hint(hint));
        };
        let arguments = self.procedure_arguments(&procedure, call, scope, alone)?;
        let mut yields = Vec::new();
        let mut columns = Columns::new();
        for (index, name, range) in self.yielded(&procedure, call, alone)? {
            if scope.find(&name).is_some() {
                let message = format!("the variable `{name}` is there already");
                return Err(QueryError::syntax("VariableAlreadyBound", range, message)
                    .hint("give the column another name: `YIELD column AS name`"));
            }
            let slot = self.slot();
            yields.push((index, slot));
            columns.push((Arc::clone(&name), slot));
            scope.add(Variable { name, slot, of: type_of(procedure.columns[index].1), time: self.time });
        }
        let keeps = procedure.columns.is_empty();
        let mut op = Op::Call { input: Box::new(input), procedure, arguments, yields, keeps };
        if let Some(condition) = &call.condition {
            let condition = self.condition(condition, scope)?;
            op = Op::Filter { input: Box::new(op), condition };
        }
        Ok((op, alone.then_some(columns)))
    }

    fn procedure_arguments(
        &mut self,
        procedure: &Procedure,
        call: &ProcedureCall,
        scope: &Scope,
        alone: bool,
    ) -> Bound<Vec<Ex>> {
        let range = call.name.range;
        let Some(arguments) = &call.arguments else {
            if !alone {
                let message = format!("`{}` needs its arguments in parentheses here", procedure.name);
                return Err(QueryError::syntax("InvalidArgumentPassingMode", range, message));
            }
            let implicit = procedure.arguments.iter().map(|(name, _)| {
                let name: Arc<str> = name.as_str().into();
                if !self.context.parameters.contains(&name) {
                    return Err(self.missing_parameter(&name, range));
                }
                Ok(Ex { kind: ExKind::Parameter(name), range })
            });
            return implicit.collect();
        };
        if arguments.len() != procedure.arguments.len() {
            let (wanted, found) = (procedure.arguments.len(), arguments.len());
            let message = format!("`{}` takes {wanted} arguments, found {found}", procedure.name);
            return Err(QueryError::syntax("InvalidNumberOfArguments", range, message));
        }
        let mut bound = Vec::new();
        for (argument, (name, wanted)) in arguments.iter().zip(&procedure.arguments) {
            let (ex, of) = self.expr(argument, scope)?;
            let wanted = type_of(*wanted);
            let whole_as_float = wanted == Type::Float && of == Type::Integer;
            if !of.may_be(&wanted) && !whole_as_float {
                let message =
                    format!("`{name}` of `{}` is {}, found {}", procedure.name, wanted.name(), of.name());
                return Err(QueryError::syntax("InvalidArgumentType", argument.range, message));
            }
            bound.push(ex);
        }
        Ok(bound)
    }

    /// The columns that a call yields: their numbers, the variables that take them, and where these stand.
    fn yielded(
        &self,
        procedure: &Procedure,
        call: &ProcedureCall,
        alone: bool,
    ) -> Bound<Vec<(usize, Arc<str>, TextRange)>> {
        let range = call.name.range;
        let all = || {
            let columns = procedure.columns.iter().enumerate();
            columns.map(|(index, (name, _))| (index, name.as_str().into(), range)).collect()
        };
        match &call.yields {
            Yields::Unsaid if alone => Ok(all()),
            Yields::Unsaid if procedure.columns.is_empty() => Ok(Vec::new()),
            Yields::Unsaid => {
                let message =
                    format!("`{}` yields columns: name those that go on with YIELD", procedure.name);
                Err(QueryError::syntax("UndefinedVariable", range, message))
            }
            Yields::All if alone => Ok(all()),
            Yields::All => {
                let message = "YIELD * can stand in a query that is one CALL alone";
                Err(QueryError::syntax("UnexpectedSyntax", range, message))
            }
            Yields::Some(columns) => {
                let mut found: Vec<(usize, Arc<str>, TextRange)> = Vec::new();
                for (column, alias) in columns {
                    let known = procedure.columns.iter().position(|(name, _)| **name == *column.text);
                    let Some(index) = known else {
                        let message = format!("`{}` yields no column `{}`", procedure.name, column.text);
                        let names = procedure.columns.iter().map(|(name, _)| name.as_str());
                        return Err(QueryError::syntax("UndefinedVariable", column.range, message)
                            .maybe_hint(did_you_mean(&column.text, names)));
                    };
                    let name = alias.as_ref().unwrap_or(column);
                    if found.iter().any(|(_, own, _)| *own == name.text) {
                        let message = format!("the variable `{}` is there already", name.text);
                        return Err(QueryError::syntax("VariableAlreadyBound", name.range, message));
                    }
                    found.push((index, Arc::clone(&name.text), name.range));
                }
                Ok(found)
            }
        }
    }
}

fn type_of(of: ParameterType) -> Type {
    match of {
        ParameterType::Any => Type::Any,
        ParameterType::Boolean => Type::Boolean,
        ParameterType::Integer => Type::Integer,
        ParameterType::Float => Type::Float,
        ParameterType::Number => Type::Number,
        ParameterType::Text => Type::Text,
        ParameterType::Map => Type::Map,
        ParameterType::List => Type::list(Type::Any),
        ParameterType::Node => Type::Node,
        ParameterType::Edge => Type::Edge,
        ParameterType::Path => Type::Path,
    }
}
