//! The only list of domains. A method left out of it is found by the catalog test of the gateway.

use crate::api::{
    agent, channels, chat, config, connect, delivery, health, pairing, send, sessions, system,
};
use crate::event::EventVisitor;
use crate::method::{MethodSink, MethodVisitor};

macro_rules! catalog {
    (methods: $($domain:ident),+; events: $($speaker:ident),+;) => {
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
    };
}

catalog! {
    methods: connect, health, channels, pairing, agent, chat, send, delivery, sessions, config, system;
    events: connect, health, channels, pairing, agent, chat;
}
