//! Which files does a store consist of, and which locks keep processes apart?

pub(in crate::store) mod folder;
pub(in crate::store) mod format;
pub(in crate::store) mod former_format;
pub(in crate::store) mod head;
pub(in crate::store) mod lock;
pub(in crate::store) mod quiesce;
pub(in crate::store) mod reader_copy;
pub(in crate::store) mod spill;
pub(in crate::store) mod staging;
pub(in crate::store) mod witness;
