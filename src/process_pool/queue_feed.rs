//! How a driver takes jobs from the queue.

use std::sync::Arc;

use super::error::Failure;
use super::feed::{Cut, Feed, Outcome};
use super::queue::{Grouping, Queue, Task};
use super::worker_process::WorkerProcess;

/// What a driver sees of the queue.
pub(super) struct QueueFeed<'a> {
    pub(super) queue: &'a Queue,
}

/// Neighbours in the queue that travel together.
pub(super) struct Batch {
    tasks: Vec<Task>,
    delivered: usize,
}

impl QueueFeed<'_> {
    fn finished(&self, count: usize) {
        self.queue.lock().unfinished -= count;
        self.queue.room.notify_all();
    }
}

impl Feed for QueueFeed<'_> {
    type Batch = Batch;

    fn take(&self, cut: Cut) -> Option<Batch> {
        let mut tasks: Vec<Task> = Vec::new();
        let mut unwanted = Vec::new();
        let mut state = self.queue.lock();
        // What is sent behind a batch is lost to those who have nothing to do.
        let spared = if cut.ahead { state.idle } else { 0 };
        let mut most = 1;
        while state.waiting.len() > spared && tasks.len() < most {
            let Some(task) = state.waiting.front() else {
                break;
            };
            if !task.sink.is_wanted() {
                unwanted.extend(state.waiting.pop_front());
                continue;
            }
            let grouping = task.sink.grouping();
            if let Some(first) = tasks.first() {
                let together = Arc::ptr_eq(&first.sink, &task.sink) && !task.alone;
                if !together {
                    break;
                }
            } else {
                if cut.ahead && (grouping == Grouping::Alone || task.alone) {
                    break;
                }
                most = match grouping {
                    Grouping::Paced if !task.alone => cut.limit,
                    Grouping::Fixed(count) if !task.alone => count.get().min(cut.most),
                    _ => 1,
                };
            }
            tasks.extend(state.waiting.pop_front());
        }
        drop(state);
        if !unwanted.is_empty() {
            for task in &unwanted {
                task.fail(Failure::Cancelled);
            }
            self.finished(unwanted.len());
        }
        (!tasks.is_empty()).then_some(Batch {
            tasks,
            delivered: 0,
        })
    }

    fn wanted(&self) -> bool {
        !self.queue.lock().waiting.is_empty()
    }

    fn job(&self, batch: &Batch) -> u64 {
        batch.tasks[0].job
    }

    fn len(&self, batch: &Batch) -> usize {
        batch.tasks.len()
    }

    fn borrow<'a>(&self, batch: &'a Batch, position: usize) -> Option<&'a [u8]> {
        Some(&batch.tasks[position].argument)
    }

    fn encode(&self, batch: &Batch, position: usize, out: &mut Vec<u8>) {
        out.extend_from_slice(&batch.tasks[position].argument);
    }

    fn begin(&self, batch: &mut Batch, worker: &Arc<WorkerProcess>) -> bool {
        batch.tasks[0].sink.begin(worker)
    }

    fn is_cancellable(&self, batch: &Batch) -> bool {
        batch.tasks[0].sink.grouping() == Grouping::Alone
    }

    fn is_cancelled(&self, batch: &Batch) -> bool {
        !batch.tasks[0].sink.is_wanted()
    }

    fn deliver(&self, batch: &mut Batch, worker: u32, outcome: Outcome<'_>) {
        let task = &batch.tasks[batch.delivered];
        batch.delivered += 1;
        task.sink.deliver(task.index, Some(worker), outcome);
    }

    fn finish(&self, batch: Batch) {
        self.finished(batch.tasks.len());
    }

    fn give_back(&self, mut batch: Batch, alone: bool) {
        let rest = batch.tasks.split_off(batch.delivered);
        let mut state = self.queue.lock();
        state.unfinished -= batch.tasks.len();
        let Some(ended) = state.ended.clone() else {
            for mut task in rest.into_iter().rev() {
                task.alone |= alone;
                state.waiting.push_front(task);
            }
            drop(state);
            // Its driver goes on with it, unless it finds no worker.
            self.queue.work.notify_one();
            self.queue.room.notify_all();
            return;
        };
        state.unfinished -= rest.len();
        drop(state);
        for task in rest {
            task.fail(ended.clone().into());
        }
        self.queue.room.notify_all();
    }

    fn deliveries<'a>(&self, batch: &'a mut Batch) -> &'a mut u32 {
        &mut batch.tasks[0].deliveries
    }
}
