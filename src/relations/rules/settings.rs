//! What a store says of how it is read can be read (S28, S29).

use super::fault::{Fault, node_subject};
use super::scope::{CheckScope, text};
use crate::relations::Settings;
use crate::relations::vocabulary::label;

pub(super) fn check(scope: &mut CheckScope<'_>) {
    for setting in scope.touched(label::SETTING, &[]) {
        let (id, value) =
            (text(setting, "id").unwrap_or_default(), text(setting, "value").unwrap_or_default());
        if let Some(message) = Settings::fault(&id, &value) {
            let remedy =
                "write persist with 3, 5, 10 or forever, or reading with certain, presumed or possible";
            scope.error(node_subject(setting), Fault::new("S29", message, remedy).of("value"));
        }
    }
}
