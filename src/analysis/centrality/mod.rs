//! Which government is central?

pub(super) mod betweenness;
pub(super) mod closeness;
pub(super) mod degree;
pub(super) mod eigenvector;
pub(super) mod katz;
pub(super) mod pagerank;

pub use betweenness::betweenness;
pub use closeness::{Closeness, PathSummary, closeness, harmonic, path_summary};
pub use degree::{Arcs, degrees, strengths};
pub use eigenvector::eigenvector;
pub use katz::katz;
pub use pagerank::pagerank;
