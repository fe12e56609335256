//! Programs of others, for what they say of us.

mod crabline;
pub(crate) mod node;

pub(crate) use crabline::{Crabline, installed};
