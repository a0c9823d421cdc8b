//! What is written of a closed list, an id or a validity is read back.

use std::fmt::{Debug, Display};
use std::str::FromStr;

use intergov::relations::{Direction, Form, Role, Scale, Scope};
use intergov::value::{Truth, Validity};

fn come_back<T: Copy + Display + FromStr + PartialEq + Debug>(all: &[T]) {
    for own in all {
        assert_eq!(own.to_string().parse::<T>().ok(), Some(*own));
    }
}

#[test]
fn words_are_read_as_they_are_written() {
    come_back(Direction::ALL);
    come_back(Form::ALL);
    come_back(Scale::ALL);
    come_back(Scope::ALL);
    come_back(Truth::ALL);
    come_back(&[Role::Member, Role::HostGovernment, Role::Approver]);
    assert_eq!(
        "vertcal".parse::<Direction>().unwrap_err().to_string(),
        "“vertcal” is not a direction; write one of vertical"
    );
    assert_eq!(
        "maybe".parse::<Truth>().unwrap_err().to_string(),
        "“maybe” is not a truth value; write one of yes, no, unknown"
    );
}

#[test]
fn a_validity_is_read_as_it_is_written() {
    for (from, to, attested) in
        [("1997", "", "2010;2019-03"), ("", "..", ""), ("..", "2004-05-01", ""), ("", "", "1999")]
    {
        let validity = Validity::parse(from, to, attested).unwrap();
        assert_eq!(format!("{validity:#}").parse(), Ok(validity.clone()));
        let bare = Validity { attested: Vec::new(), ..validity };
        assert_eq!(bare.to_string().parse(), Ok(bare));
    }
    for text in ["", "1997", "[1997", "[1997)", "[2004, 1997)", "[1997, 98)", "1997, ?)"] {
        assert!(text.parse::<Validity>().is_err(), "{text}");
    }
}
