//! What several measures ask of one network, computed once.

use std::sync::OnceLock;

use super::closeness::reaches;
use super::paths::Reach;
use super::{AnalysisError, Arcs, Distance, Normalisation, betweenness};
use crate::network::{Conversion, Network, NetworkError};

/// A value that is computed when it is first asked for. Nothing is locked meanwhile, because the kernels work on
/// several threads: two that ask at once compute it twice and keep the first.
#[derive(Debug)]
struct Once<T>(OnceLock<T>);

impl<T> Default for Once<T> {
    fn default() -> Self {
        Self(OnceLock::new())
    }
}

impl<T> Once<T> {
    fn get(&self, make: impl FnOnce() -> T) -> &T {
        if let Some(value) = self.0.get() {
            return value;
        }
        let value = make();
        self.0.get_or_init(|| value)
    }
}

/// The scores and searches of one network that more than one measure reads.
#[derive(Debug, Default)]
pub(super) struct Facts {
    lengths: Once<Result<Network, NetworkError>>,
    betweenness: Once<Result<Vec<f64>, AnalysisError>>,
    betweenness_weighted: Once<Result<Vec<f64>, AnalysisError>>,
    reaches: [Once<Result<Vec<Reach>, AnalysisError>>; 3],
    reaches_weighted: [Once<Result<Vec<Reach>, AnalysisError>>; 3],
}

impl Facts {
    /// The network with 1/weight as length.
    pub(super) fn lengths(&self, network: &Network) -> Result<&Network, NetworkError> {
        self.lengths.get(|| network.to_length(Conversion::Inverse)).as_ref().map_err(Clone::clone)
    }

    /// Raw betweenness over steps.
    pub(super) fn betweenness(&self, network: &Network) -> Result<&[f64], AnalysisError> {
        let scores = self.betweenness.get(|| betweenness(network, Distance::Steps, Normalisation::Raw));
        scores.as_deref().map_err(|error| *error)
    }

    /// Normalised betweenness over lengths, of the network that [`Facts::lengths`] gives.
    pub(super) fn betweenness_weighted(&self, lengths: &Network) -> Result<&[f64], AnalysisError> {
        let make = || betweenness(lengths, Distance::Lengths, Normalisation::Normalised);
        self.betweenness_weighted.get(make).as_deref().map_err(|error| *error)
    }

    /// What each node reaches over steps.
    pub(super) fn reaches(&self, network: &Network, arcs: Arcs) -> Result<&[Reach], AnalysisError> {
        let arcs = asked(network, arcs);
        let found = self.reaches[arcs as usize].get(|| reaches(network, arcs, Distance::Steps));
        found.as_deref().map_err(|error| *error)
    }

    /// What each node reaches over lengths, of the network that [`Facts::lengths`] gives.
    pub(super) fn reaches_weighted(&self, lengths: &Network, arcs: Arcs) -> Result<&[Reach], AnalysisError> {
        let arcs = asked(lengths, arcs);
        let found = self.reaches_weighted[arcs as usize].get(|| reaches(lengths, arcs, Distance::Lengths));
        found.as_deref().map_err(|error| *error)
    }
}

/// In an undirected network all arcs are the same.
fn asked(network: &Network, arcs: Arcs) -> Arcs {
    if network.is_directed() { arcs } else { Arcs::All }
}
