//! What a command of a node is: the words that a gateway may send to a machine.

use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};

use crate::access::Scope;

/// What a command could do in wrong hands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Risk {
    /// Shows something, or says what there is.
    Plain,
    /// Tells something about the person or the machine.
    Private,
    /// Takes pictures or sound, speaks in the owner's name, or changes what is stored: off unless
    /// the owner lists it (`gateway.nodes.allowCommands`).
    Dangerous,
    /// Runs a program: the machine has it approved (DECISIONS D15).
    Program,
}

impl Risk {
    /// The word in the published schema.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Private => "private",
            Self::Dangerous => "dangerous",
            Self::Program => "program",
        }
    }
}

/// The operating system of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Platform {
    /// iPhone and iPad.
    Ios,
    /// Android.
    Android,
    /// Mac.
    Macos,
    /// Linux.
    Linux,
    /// Windows.
    Windows,
}

impl Platform {
    /// The word in the published schema.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ios => "ios",
            Self::Android => "android",
            Self::Macos => "macos",
            Self::Linux => "linux",
            Self::Windows => "windows",
        }
    }
}

/// The row of a command.
#[derive(Debug, Clone, Copy)]
pub struct CommandSpec {
    /// The name on the wire.
    pub name: &'static str,
    /// Its documentation.
    pub doc: &'static str,
    /// What it could do in wrong hands.
    pub risk: Risk,
    /// Where it is on without being listed, unless it is [`Risk::Dangerous`] (V3 8.2).
    pub platforms: &'static [Platform],
    /// Whether it may wait for a node that is away.
    pub queueable: bool,
    /// What an operator must hold to send it, beside what `node.invoke` asks for.
    pub scope: Scope,
}

/// A command: its types and its row. Made by `commands!`.
pub trait Command: 'static {
    /// What the node is told.
    type Params: DeserializeOwned + Serialize + JsonSchema + Send + 'static;
    /// What it answers.
    type Result: DeserializeOwned + Serialize + JsonSchema + Send + 'static;
    /// The row.
    const SPEC: CommandSpec;
}

/// Reads the catalog of commands.
pub trait CommandVisitor {
    /// Visits one command.
    fn command<C: Command>(&mut self);
}

struct Specs(Vec<&'static CommandSpec>);

impl CommandVisitor for Specs {
    fn command<C: Command>(&mut self) {
        self.0.push(const { &C::SPEC });
    }
}

/// The rows of every declared command, in the order of the catalog.
pub fn all() -> Vec<&'static CommandSpec> {
    let mut specs = Specs(Vec::new());
    crate::catalog::visit_all_commands(&mut specs);
    specs.0
}
