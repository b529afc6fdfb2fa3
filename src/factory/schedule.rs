//! Runs tasks in parallel, each as soon as the tasks it depends on are done.
//!
//! Of the tasks that wait for nothing, those at the start of the longest chain go first: a library that takes a
//! minute is not left for last. A task that waited goes before all of them, so that a started target
//! is finished before another starts.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Mutex, PoisonError};

type Task<'a> = Box<dyn FnOnce() + Send + 'a>;

/// Tasks and their dependencies.
#[derive(Default)]
pub(super) struct Graph<'a> {
    nodes: Vec<Node<'a>>,
}

struct Node<'a> {
    task: Mutex<Option<Task<'a>>>,
    seconds: f64,
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

/// A task that can run. The greatest runs first.
struct Ready {
    waited: bool,
    /// What it takes until nothing is left to do after it, in seconds, if it waited for nothing.
    chain: f64,
    id: Reverse<usize>,
}

impl Ord for Ready {
    fn cmp(&self, other: &Self) -> Ordering {
        let chains = || self.chain.total_cmp(&other.chain);
        self.waited.cmp(&other.waited).then_with(chains).then_with(|| self.id.cmp(&other.id))
    }
}

impl PartialOrd for Ready {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Ready {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Ready {}

impl<'a> Graph<'a> {
    /// Adds `task`, to run after all of `after`, which is expected to take `seconds`. Cycles are
    /// impossible: `after` can only name existing tasks.
    pub(super) fn add(
        &mut self,
        after: &[NodeId],
        seconds: f64,
        task: impl FnOnce() + Send + 'a,
    ) -> NodeId {
        let id = self.nodes.len();
        for NodeId(before) in after {
            self.nodes[*before].then.push(id);
        }
        self.nodes.push(Node {
            task: Mutex::new(Some(Box::new(task))),
            seconds,
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
        let chains = self.chains();
        let nodes = &self.nodes;
        let first = nodes.iter().enumerate().filter(|(_, node)| node.waits_for.load(SeqCst) == 0);
        let first =
            first.map(|(id, _)| Ready { waited: false, chain: chains[id], id: Reverse(id) });
        let queue = Queue { nodes, ready: Mutex::new(first.collect()) };
        let count = queue.lock().len();
        pool.scope(|scope| (0..count).for_each(|_| queue.spawn(scope)));
        Ok(())
    }

    /// How long it takes from the start of each task to the end of what follows, in seconds.
    fn chains(&self) -> Vec<f64> {
        let mut chains = vec![0.0; self.nodes.len()];
        for (id, node) in self.nodes.iter().enumerate().rev() {
            let rest = node.then.iter().map(|next| chains[*next]).fold(0.0, f64::max);
            chains[id] = node.seconds + rest;
        }
        chains
    }
}

/// The tasks that can run. Each is spawned once, as a job that runs the greatest.
struct Queue<'n, 'a> {
    nodes: &'n [Node<'a>],
    ready: Mutex<BinaryHeap<Ready>>,
}

impl<'n> Queue<'n, '_> {
    fn lock(&self) -> std::sync::MutexGuard<'_, BinaryHeap<Ready>> {
        self.ready.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn spawn<'s>(&'s self, scope: &rayon::Scope<'s>)
    where
        'n: 's,
    {
        scope.spawn(|scope| {
            let next = self.lock().pop();
            if let Some(Ready { id: Reverse(id), .. }) = next {
                self.step(scope, id);
            }
        });
    }

    fn step<'s>(&'s self, scope: &rayon::Scope<'s>, id: usize)
    where
        'n: 's,
    {
        let task = self.nodes[id].task.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(task) = task {
            task();
        }
        for next in self.nodes[id].then.iter().copied() {
            if self.nodes[next].waits_for.fetch_sub(1, SeqCst) == 1 {
                self.lock().push(Ready { waited: true, chain: 0.0, id: Reverse(next) });
                self.spawn(scope);
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
                ids.push(graph.add(&after, 1.0, move || done.lock().unwrap().push(id)));
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

    #[test]
    fn the_longest_chain_starts_first_and_what_follows_goes_before_what_has_not_started() {
        let done = Mutex::new(Vec::new());
        let mut graph = Graph::default();
        let mut add = |name: &'static str, after: &[NodeId], seconds| {
            let done = &done;
            graph.add(after, seconds, move || done.lock().unwrap().push(name))
        };
        let short = add("short", &[], 2.0);
        let long = add("long", &[], 1.0);
        let also = add("as long", &[], 4.0);
        add("after short", &[short], 1.0);
        add("after long", &[long], 3.0);
        add("also after long", &[long], 1.0);
        add("at the end", &[short, also], 0.0);
        graph.run(1).unwrap();
        let done = done.into_inner().unwrap();
        let expected = [
            "long",
            "after long",
            "also after long",
            "as long",
            "short",
            "after short",
            "at the end",
        ];
        assert_eq!(done, expected);
    }
}
