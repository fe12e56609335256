//! The only list of domains. A method left out of it is found by the catalog test of the gateway.

use crate::api::canvas as canvases;
use crate::api::commands::{
    browser, camera, canvas, files, location, screen, sms, system as system_commands,
};
use crate::api::{
    agent, approvals, channels, chat, config, connect, delivery, devices, health, node_pairing,
    nodes, pairing, send, sessions, system,
};
use crate::command::CommandVisitor;
use crate::event::EventVisitor;
use crate::method::{MethodSink, MethodVisitor};

macro_rules! catalog {
    (methods: $($domain:ident),+; events: $($speaker:ident),+; commands: $($family:ident),+;) => {
        /// Visits every method.
        pub fn visit_all(visitor: &mut impl MethodVisitor) {
            $($domain::visit(visitor);)+
        }

        /// A server that has all the handlers.
        pub trait AllHandlers: $($domain::Handlers +)+ {}
        impl<H: $($domain::Handlers +)+> AllHandlers for H {}

        /// Adds every handler; does not build while one is missing.
        pub fn mount_all<H: AllHandlers>(sink: &mut impl MethodSink<H>) {
            $($domain::mount(sink);)+
        }

        /// Visits every event.
        pub fn visit_all_events(visitor: &mut impl EventVisitor) {
            $($speaker::visit_events(visitor);)+
        }

        /// Visits every command of nodes.
        pub fn visit_all_commands(visitor: &mut impl CommandVisitor) {
            $($family::visit_commands(visitor);)+
        }
    };
}

catalog! {
    methods: connect, health, channels, pairing, devices, nodes, node_pairing, approvals, agent, chat, canvases, send, delivery, sessions, config, system;
    events: connect, health, channels, pairing, devices, nodes, node_pairing, approvals, agent, chat, canvases;
    commands: system_commands, canvas, camera, screen, location, files, sms, browser;
}
