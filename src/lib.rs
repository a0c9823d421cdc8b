//! intergov: an embedded graph database of intergovernmental relations.
pub mod value;
