//! Whether everything that a store holds fits together.
pub struct Finding; pub struct VerifyReport;
