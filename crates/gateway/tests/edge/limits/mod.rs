//! What a connection may cost: sizes, rates, frames, depth, and how many of them (D4, T56 to T58).

mod budgets;
mod crowd;
mod frames;
mod json;
mod liveness;
mod slow;
