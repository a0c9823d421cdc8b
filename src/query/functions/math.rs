//! Of numbers. Results are the same on all systems: `libm` computes them.

use super::{Function, Result, Takes, boolean, float, integer, number, wrong};

use crate::query::error::{ErrorClass, QueryError};
use crate::query::execute::Run;
use crate::query::values::Datum;

/// A function of one number that gives a double.
macro_rules! of_float {
    ($name:literal, $run:expr) => {
        Function::new($name, &[Takes::Number], float, |_, arguments| {
            let run: fn(f64) -> f64 = $run;
            Ok(Datum::Float(run(double($name, &arguments[0])?)))
        })
    };
}

pub(super) const TABLE: &[Function] = &[
    Function::new("abs", &[Takes::Number], number, |_, arguments| match &arguments[0] {
        Datum::Integer(whole) => whole.checked_abs().map(Datum::Integer).ok_or_else(|| {
            QueryError::runtime(ErrorClass::Arithmetic, "IntegerOverflow", "the result does not fit 64 bits")
        }),
        other => Ok(Datum::Float(double("abs", other)?.abs())),
    }),
    Function::new("sign", &[Takes::Number], integer, |_, arguments| {
        let value = double("sign", &arguments[0])?;
        Ok(Datum::Integer(if value > 0.0 { 1 } else { -i64::from(value < 0.0) }))
    }),
    of_float!("ceil", f64::ceil),
    of_float!("floor", f64::floor),
    of_float!("sqrt", f64::sqrt),
    of_float!("exp", libm::exp),
    of_float!("log", libm::log),
    of_float!("ln", libm::log),
    of_float!("log10", libm::log10),
    of_float!("sin", libm::sin),
    of_float!("cos", libm::cos),
    of_float!("tan", libm::tan),
    of_float!("cot", |x| 1.0 / libm::tan(x)),
    of_float!("asin", libm::asin),
    of_float!("acos", libm::acos),
    of_float!("atan", libm::atan),
    of_float!("degrees", f64::to_degrees),
    of_float!("radians", f64::to_radians),
    of_float!("haversin", |x| {
        let half = libm::sin(x / 2.0);
        half * half
    }),
    Function::new("atan2", &[Takes::Number, Takes::Number], float, |_, arguments| {
        Ok(Datum::Float(libm::atan2(double("atan2", &arguments[0])?, double("atan2", &arguments[1])?)))
    }),
    Function::new("isNaN", &[Takes::Number], boolean, |_, arguments| {
        Ok(Datum::Boolean(double("isNaN", &arguments[0])?.is_nan()))
    }),
    Function::new("round", &[Takes::Number, Takes::Integer], float, round).at_least(1),
    Function::new("e", &[], float, |_, _| Ok(Datum::Float(std::f64::consts::E))),
    Function::new("pi", &[], float, |_, _| Ok(Datum::Float(std::f64::consts::PI))),
    Function::new("rand", &[], float, |run, _| Ok(Datum::Float(run.random()))),
];

fn double(name: &str, value: &Datum) -> std::result::Result<f64, QueryError> {
    match value {
        Datum::Integer(number) => Ok(*number as f64),
        Datum::Float(number) => Ok(*number),
        other => Err(wrong(name, Takes::Number, other)),
    }
}

/// To a number of digits after the point; halves away from zero, without digits towards the greater number.
fn round(_: &Run<'_>, arguments: &[Datum]) -> Result {
    let value = double("round", &arguments[0])?;
    match arguments.get(1) {
        None => Ok(Datum::Float((value + 0.5).floor())),
        Some(Datum::Integer(digits)) if (0..=15).contains(digits) => {
            let scale = libm::pow(10.0, *digits as f64);
            Ok(Datum::Float((value * scale).round() / scale))
        }
        Some(_) => {
            let message = "`round` keeps 0 to 15 digits";
            Err(QueryError::runtime(ErrorClass::Argument, "NumberOutOfRange", message))
        }
    }
}
