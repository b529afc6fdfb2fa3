//! Runs tasks in parallel, each as soon as the tasks it depends on are done.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

type Task<'a> = Box<dyn FnOnce() + Send + 'a>;

/// Tasks and their dependencies.
#[derive(Default)]
pub(super) struct Graph<'a> {
    nodes: Vec<Node<'a>>,
}

struct Node<'a> {
    task: Mutex<Option<Task<'a>>>,
    waits_for: AtomicUsize,
    then: Vec<usize>,
}

/// A task in a [`Graph`].
#[derive(Debug, Clone, Copy)]
pub(super) struct NodeId(usize);

impl NodeId {
    /// Its position in the order in which nodes were added.
    pub(super) fn index(self) -> usize {
        self.0
    }
}

impl<'a> Graph<'a> {
    /// Adds `task`, to run after all of `after`. Tasks that are ready start in the order in which
    /// they were added. Cycles are impossible: `after` can only name existing tasks.
    pub(super) fn add(&mut self, after: &[NodeId], task: impl FnOnce() + Send + 'a) -> NodeId {
        let id = self.nodes.len();
        for NodeId(before) in after {
            self.nodes[*before].then.push(id);
        }
        self.nodes.push(Node {
            task: Mutex::new(Some(Box::new(task))),
            waits_for: AtomicUsize::new(after.len()),
            then: Vec::new(),
        });
        NodeId(id)
    }

    /// Runs everything, at most `jobs` tasks at a time.
    ///
    /// # Errors
    /// If the threads cannot be started.
    pub(super) fn run(self, jobs: usize) -> Result<(), rayon::ThreadPoolBuildError> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs).build()?;
        let nodes = &self.nodes;
        pool.scope_fifo(|scope| {
            for (id, node) in nodes.iter().enumerate() {
                if node.waits_for.load(Ordering::SeqCst) == 0 {
                    scope.spawn_fifo(move |scope| step(scope, nodes, id));
                }
            }
        });
        Ok(())
    }
}

fn step<'s, 'a: 's>(scope: &rayon::ScopeFifo<'s>, nodes: &'s [Node<'a>], id: usize) {
    let mut current = Some(id);
    while let Some(id) = current.take() {
        let task = nodes[id].task.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(task) = task {
            task();
        }
        for next in nodes[id].then.iter().copied() {
            if nodes[next].waits_for.fetch_sub(1, Ordering::SeqCst) != 1 {
                continue;
            }
            // What waited for this goes first: a started target is finished before another starts.
            match current {
                None => current = Some(next),
                Some(_) => scope.spawn_fifo(move |scope| step(scope, nodes, next)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn everything_runs_once_and_after_its_dependencies(
            edges in proptest::collection::vec(proptest::collection::vec(0usize..20, 0..4), 1..20),
            jobs in 1usize..5,
        ) {
            let done = Mutex::new(Vec::new());
            let mut graph = Graph::default();
            let mut ids = Vec::new();
            let mut wanted = Vec::new();
            for (id, befores) in edges.iter().enumerate() {
                let mut befores: Vec<_> = befores.iter().filter(|before| **before < id).copied().collect();
                befores.sort_unstable();
                befores.dedup();
                let after: Vec<NodeId> = befores.iter().map(|before| ids[*before]).collect();
                let done = &done;
                ids.push(graph.add(&after, move || done.lock().unwrap().push(id)));
                wanted.push(befores);
            }
            graph.run(jobs).unwrap();
            let done = done.into_inner().unwrap();
            prop_assert_eq!(done.len(), wanted.len());
            let place = |id: usize| done.iter().position(|other| *other == id).unwrap();
            for (id, befores) in wanted.iter().enumerate() {
                for before in befores {
                    prop_assert!(place(*before) < place(id));
                }
            }
        }
    }
}
