//! The keys of the configuration about what agents do on machines.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tidegate_exec::Demand;

/// What agents do on machines.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct ToolsConfig {
    /// Programs on the gateway's own machine.
    pub(crate) exec: ExecConfig,
}

/// Programs on the gateway's own machine.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct ExecConfig {
    /// Whether programs are kept out of the state directory and of other files with secrets of the gateway: by the kernel's Landlock. Default `best-effort`. reload: restart.
    pub(crate) fence: FenceMode,
}

/// Whether programs are kept out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum FenceMode {
    /// Yes; where the kernel cannot, no program runs.
    Required,
    /// Yes; where the kernel cannot, programs run, and the start and health say so.
    #[default]
    BestEffort,
    /// No: a program can read the gateway's secrets.
    Off,
}

impl FenceMode {
    /// What is demanded of the kernel; `None` if nothing is.
    pub(crate) const fn demand(self) -> Option<Demand> {
        match self {
            Self::Required => Some(Demand::Required),
            Self::BestEffort => Some(Demand::BestEffort),
            Self::Off => None,
        }
    }
}
