//! intergov: an embedded graph database of intergovernmental relations.
pub mod graph;
pub mod store;
pub mod value;
