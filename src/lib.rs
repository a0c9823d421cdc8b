//! intergov: an embedded graph database of intergovernmental relations.
pub mod analysis;
pub mod exchange;
pub mod graph;
pub mod network;
pub mod relations;
pub mod store;
pub mod value;
