//! Of days, times and durations.

use super::{Function, Result, Takes, integer, wrong};
use crate::query::bind::Type;
use crate::query::error::{ErrorClass, QueryError};
use crate::query::values::Datum;
use crate::query::values::temporal::{
    Kind, Measure, Temporal, between, construct, duration_of, from_epoch, truncate,
};

/// The functions that make one kind of time.
macro_rules! of_kind {
    ($kind:expr, $name:literal, $statement:literal, $transaction:literal, $realtime:literal, $truncate:literal) => {
        &[
            Function::new($name, &[Takes::Any], time, |run, arguments| {
                construct($kind, arguments.first(), run.now)
            })
            .at_least(0),
            Function::new($statement, &[Takes::Any], time, |run, arguments| {
                current($kind, arguments, run.now)
            })
            .at_least(0),
            Function::new($transaction, &[Takes::Any], time, |run, arguments| {
                current($kind, arguments, run.now)
            })
            .at_least(0),
            Function::new($realtime, &[Takes::Any], time, |_, arguments| {
                current($kind, arguments, crate::query::values::temporal::now())
            })
            .at_least(0),
            Function::new($truncate, &[Takes::Text, Takes::Any, Takes::Any], time, |_, arguments| {
                cut($kind, arguments)
            })
            .at_least(1),
        ]
    };
}

pub(super) const DATES: &[Function] =
    of_kind!(Kind::Date, "date", "date.statement", "date.transaction", "date.realtime", "date.truncate");
pub(super) const LOCAL_TIMES: &[Function] = of_kind!(
    Kind::LocalTime,
    "localtime",
    "localtime.statement",
    "localtime.transaction",
    "localtime.realtime",
    "localtime.truncate"
);
pub(super) const TIMES: &[Function] =
    of_kind!(Kind::Time, "time", "time.statement", "time.transaction", "time.realtime", "time.truncate");
pub(super) const LOCAL_DATETIMES: &[Function] = of_kind!(
    Kind::LocalDateTime,
    "localdatetime",
    "localdatetime.statement",
    "localdatetime.transaction",
    "localdatetime.realtime",
    "localdatetime.truncate"
);
pub(super) const DATETIMES: &[Function] = of_kind!(
    Kind::DateTime,
    "datetime",
    "datetime.statement",
    "datetime.transaction",
    "datetime.realtime",
    "datetime.truncate"
);

pub(super) const OTHERS: &[Function] = &[
    Function::new("datetime.fromEpoch", &[Takes::Integer, Takes::Integer], time, |_, arguments| {
        let (seconds, nanos) = (whole(&arguments[0])?, whole(&arguments[1])?);
        epoch(seconds * 1_000_000_000 + nanos)
    }),
    Function::new("datetime.fromEpochMillis", &[Takes::Integer], time, |_, arguments| {
        epoch(whole(&arguments[0])? * 1_000_000)
    }),
    Function::new("timestamp", &[], integer, |run, _| {
        Ok(i64::try_from(run.now.div_euclid(1_000_000)).map_or(Datum::Null, Datum::Integer))
    }),
    Function::new("duration", &[Takes::Any], time, |_, arguments| duration_of(&arguments[0])),
    Function::new("duration.between", &[Takes::Any, Takes::Any], time, |_, arguments| {
        difference(Measure::All, arguments)
    }),
    Function::new("duration.inMonths", &[Takes::Any, Takes::Any], time, |_, arguments| {
        difference(Measure::Months, arguments)
    }),
    Function::new("duration.inDays", &[Takes::Any, Takes::Any], time, |_, arguments| {
        difference(Measure::Days, arguments)
    }),
    Function::new("duration.inSeconds", &[Takes::Any, Takes::Any], time, |_, arguments| {
        difference(Measure::Seconds, arguments)
    }),
];

fn time(_: &[Type]) -> Type {
    Type::Time
}

fn whole(value: &Datum) -> std::result::Result<i128, QueryError> {
    if let Datum::Integer(number) = value {
        Ok(i128::from(*number))
    } else {
        Err(wrong("datetime", Takes::Integer, value))
    }
}

fn epoch(nanos: i128) -> Result {
    from_epoch(nanos).ok_or_else(|| {
        let message = "the time lies beyond the calendar";
        QueryError::runtime(ErrorClass::Argument, "NumberOutOfRange", message)
    })
}

/// The present time, in a zone.
fn current(kind: Kind, arguments: &[Datum], now: i128) -> Result {
    match arguments.first() {
        Some(Datum::Text(zone)) => {
            construct(kind, Some(&Datum::map([("timezone", Datum::Text(std::sync::Arc::clone(zone)))])), now)
        }
        other => construct(kind, other, now),
    }
}

fn cut(kind: Kind, arguments: &[Datum]) -> Result {
    let Datum::Text(unit) = &arguments[0] else { return Err(wrong("truncate", Takes::Text, &arguments[0])) };
    let time = match arguments.get(1) {
        Some(value) => temporal("truncate", value)?,
        None => {
            temporal("truncate", &construct(Kind::DateTime, None, crate::query::values::temporal::now())?)?
        }
    };
    truncate(kind, unit, &time, arguments.get(2).unwrap_or(&Datum::Null))
}

fn temporal(name: &str, value: &Datum) -> std::result::Result<Temporal, QueryError> {
    match value {
        Datum::Temporal(time) => Ok(Temporal::clone(time)),
        Datum::Period(date) => Ok(Temporal::Date(i64::from(date.first_day().number()))),
        other => {
            let message = format!("`{name}` needs a time, found {}", other.type_name());
            Err(QueryError::runtime(ErrorClass::Type, "InvalidArgumentType", message))
        }
    }
}

fn difference(measure: Measure, arguments: &[Datum]) -> Result {
    let (from, to) = (temporal("duration", &arguments[0])?, temporal("duration", &arguments[1])?);
    between(measure, &from, &to).map(Datum::duration).ok_or_else(|| {
        let message = "the duration does not fit 64 bits";
        QueryError::runtime(ErrorClass::Argument, "NumberOutOfRange", message)
    })
}
