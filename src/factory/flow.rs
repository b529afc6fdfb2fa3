//! Stages as nodes of a graph whose edges carry values.
//!
//! In: a stage's scope, the nodes it needs, and how to make its input from their outputs. Out: a
//! [`Node`] that later stages can need in turn. Every stage passes through [`Flow::stage`], and runs
//! in the [`Monitor`].

use std::sync::{Arc, OnceLock};

use super::costs::Costs;
use super::event::{Scope, Work};
pub(super) use super::input::{Input, Io};
use super::monitor::{Monitor, StageError};
use super::schedule::{Graph, NodeId};
use crate::error::{Failure, Result};

/// A stage in the graph, and where its output appears.
pub(super) struct Node<T> {
    id: NodeId,
    slot: Arc<Slot<T>>,
}

type Slot<T> = OnceLock<Result<Arc<T>, StageError>>;

impl<T> Clone for Node<T> {
    fn clone(&self) -> Self {
        Self { id: self.id, slot: Arc::clone(&self.slot) }
    }
}

impl<T> Node<T> {
    /// Its output, once the graph has run it; `None` before that.
    pub(super) fn output(&self) -> Option<Result<Arc<T>, StageError>> {
        self.slot.get().cloned()
    }
}

/// The nodes that a stage needs, and the values it receives from them.
pub(super) trait Needs: Send {
    /// The outputs.
    type Values;
    /// The nodes to wait for.
    fn nodes(&self) -> Vec<NodeId>;
    /// Their outputs, or the first error among them; `None` before they have run.
    fn values(&self) -> Option<Result<Self::Values, StageError>>;
}

impl Needs for () {
    type Values = ();

    fn nodes(&self) -> Vec<NodeId> {
        Vec::new()
    }

    fn values(&self) -> Option<Result<(), StageError>> {
        Some(Ok(()))
    }
}

impl<T: Send + Sync> Needs for Node<T> {
    type Values = Arc<T>;

    fn nodes(&self) -> Vec<NodeId> {
        vec![self.id]
    }

    fn values(&self) -> Option<Result<Arc<T>, StageError>> {
        self.output()
    }
}

impl<N: Needs> Needs for Vec<N> {
    type Values = Vec<N::Values>;

    fn nodes(&self) -> Vec<NodeId> {
        self.iter().flat_map(Needs::nodes).collect()
    }

    fn values(&self) -> Option<Result<Self::Values, StageError>> {
        self.iter().map(Needs::values).try_fold(Ok(Vec::new()), |all, value| {
            Some(both(all, value?).map(|(mut all, value)| {
                all.push(value);
                all
            }))
        })
    }
}

impl<N: Needs> Needs for Option<N> {
    type Values = Option<N::Values>;

    fn nodes(&self) -> Vec<NodeId> {
        self.iter().flat_map(Needs::nodes).collect()
    }

    fn values(&self) -> Option<Result<Self::Values, StageError>> {
        self.as_ref().map_or(Some(Ok(None)), |needs| Some(needs.values()?.map(Some)))
    }
}

impl<A: Needs, B: Needs> Needs for (A, B) {
    type Values = (A::Values, B::Values);

    fn nodes(&self) -> Vec<NodeId> {
        [self.0.nodes(), self.1.nodes()].concat()
    }

    fn values(&self) -> Option<Result<Self::Values, StageError>> {
        Some(both(self.0.values()?, self.1.values()?))
    }
}

/// Both values, or the error that explains more: a stage that failed rather than one that was
/// skipped for it, and of two of a kind the first.
fn both<A, B>(
    first: Result<A, StageError>,
    second: Result<B, StageError>,
) -> Result<(A, B), StageError> {
    match (first, second) {
        (Ok(first), Ok(second)) => Ok((first, second)),
        (Err(skipped), Err(failed)) if failed.started && !skipped.started => Err(failed),
        (Err(error), _) | (_, Err(error)) => Err(error),
    }
}

/// The graph of a run while it is being put together.
pub(super) struct Flow<'g> {
    graph: Graph<'g>,
    stages: Vec<Work>,
    /// For each node of the graph the stages whose outputs it passes on.
    passes_on: Vec<Vec<Work>>,
    monitor: &'g Monitor<'g>,
    costs: Costs,
}

impl<'g> Flow<'g> {
    /// An empty one, whose stages are expected to take what `costs` says.
    pub(super) fn new(monitor: &'g Monitor<'g>, costs: Costs) -> Self {
        let graph = Graph::default();
        Self { graph, stages: Vec::new(), passes_on: Vec::new(), monitor, costs }
    }

    /// Adds a stage. `input` is called when everything in `needs` has succeeded; where something
    /// failed, that error is this stage's too, and nothing runs.
    pub(super) fn stage<I: Input, N: Needs + 'g>(
        &mut self,
        scope: Scope,
        needs: N,
        input: impl FnOnce(N::Values) -> Result<I> + Send + 'g,
    ) -> Node<I::Output>
    where
        I::Output: 'g,
    {
        let monitor = self.monitor;
        let work = Work { stage: I::STAGE, scope };
        self.stages.push(work.clone());
        let after = self.before(&needs);
        // What concerns all goes first: without it nothing can be finished.
        let first = work.scope.concerns_all();
        let seconds = if first { f64::INFINITY } else { self.costs.of(&work) };
        self.add(vec![work.clone()], needs, seconds, move |values| {
            monitor.run(&work, &after, || input(values))
        })
    }

    /// Adds a value computed from others, which is not a stage: it has no events.
    pub(super) fn value<T: Send + Sync + 'g, N: Needs + 'g>(
        &mut self,
        work: Work,
        needs: N,
        compute: impl FnOnce(N::Values) -> Result<T> + Send + 'g,
    ) -> Node<T> {
        let monitor = self.monitor;
        self.add(self.before(&needs), needs, 0.0, move |values| {
            compute(values).map_err(|failure| monitor.failed(&work, failure))
        })
    }

    /// Adds `end`, called when everything in `needs` has run, whatever came of it.
    pub(super) fn finally<N: Needs + 'g>(
        &mut self,
        needs: N,
        end: impl FnOnce(Result<N::Values, StageError>) + Send + 'g,
    ) {
        self.passes_on.push(Vec::new());
        self.graph.add(&needs.nodes(), 0.0, move || {
            if let Some(values) = needs.values() {
                end(values);
            }
        });
    }

    /// The stages whose outputs `needs` has.
    fn before(&self, needs: &impl Needs) -> Vec<Work> {
        let mut stages = Vec::new();
        for work in needs.nodes().iter().filter_map(|id| self.passes_on.get(id.index())).flatten() {
            if !stages.contains(work) {
                stages.push(work.clone());
            }
        }
        stages
    }

    fn add<T: Send + Sync + 'g, N: Needs + 'g>(
        &mut self,
        passes_on: Vec<Work>,
        needs: N,
        seconds: f64,
        body: impl FnOnce(N::Values) -> Result<T, StageError> + Send + 'g,
    ) -> Node<T> {
        let slot = Arc::new(Slot::new());
        let output = Arc::clone(&slot);
        self.passes_on.push(passes_on);
        let id = self.graph.add(&needs.nodes(), seconds, move || {
            // The graph runs a node after all it needs, so the values exist.
            if let Some(values) = needs.values() {
                let _ = output.set(values.and_then(body).map(Arc::new));
            }
        });
        Node { id, slot }
    }

    /// The stages that were added, in that order.
    pub(super) fn stages(self) -> Vec<Work> {
        self.stages
    }

    /// Runs everything, at most `jobs` stages at a time.
    ///
    /// # Errors
    /// If the threads cannot be started.
    pub(super) fn run(self, jobs: usize) -> Result<()> {
        self.graph.run(jobs).map_err(|error| {
            Failure::toolchain(
                "starting the threads of the run",
                error.to_string(),
                "try fewer --jobs",
            )
        })
    }
}
