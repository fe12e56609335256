//! Tests of the configuration.

mod files;
mod home;
mod layers;
mod network;
mod workspaces;
