//! Nodes: who is connected ([`directory`]), what they offer beyond what was approved ([`offers`]), how a
//! command is sent and ends exactly once ([`invoke`], [`sending`], [`answer`]), what waits for a node that
//! is away ([`waiting`]), what nodes tell ([`happened`]), and the lists of them ([`views`], [`names`]).

mod answer;
mod bounds;
mod checks;
mod directory;
mod error;
mod facade;
mod happened;
mod invoke;
mod joins;
mod live_node;
mod names;
mod offers;
mod params;
mod sending;
mod tally;
mod views;
mod waiting;

pub use answer::NodeAnswer;
pub use bounds::{DEFAULT_TIMEOUT, LONGEST_TIMEOUT, PARAMS_BYTES, RESULT_BYTES, WAIT_MS};
pub(crate) use directory::Directory;
pub use directory::NodeGuard;
pub use error::NodeError;
pub use facade::Nodes;
pub use happened::{Happening, Heard};
pub use invoke::{Approved, Invoke, Invoked};
pub use live_node::LiveNode;
pub use tally::NodeTally;
pub use views::NodeView;
