//! `methods!`, `events!` and `commands!`: one row each gives types, access, effect, schema and
//! dispatch.
//! Fields of a row come in a fixed order; none but `ack` and `waits` may be left out.

macro_rules! methods {
    ($(
        $(#[doc = $doc:literal])*
        pub $Marker:ident = $name:literal {
            params: $Params:ty,
            result: $Result:ty,
            $(ack: $Ack:ty,)?
            access: $access:ident $(($scope:ident))?,
            effect: $effect:ident,
            since: $since:literal,
            $(waits: $waits:literal,)?
        }
    )+) => {
        $(
            $(#[doc = $doc])*
            #[derive(Debug)]
            pub struct $Marker;

            impl $crate::method::Method for $Marker {
                type Params = $Params;
                type Result = $Result;
                type Ack = methods!(@ack $($Ack)?);
                const SPEC: $crate::method::MethodSpec = $crate::method::MethodSpec {
                    name: $name,
                    doc: concat!($($doc, "\n"),*),
                    access: methods!(@access $access $($scope)?),
                    effect: methods!(@effect $effect),
                    since: $since,
                    waits: methods!(@waits $($waits)?),
                };
                methods!(@key $effect);
            }
        )+

        /// Visits every method of this file.
        pub fn visit(visitor: &mut impl $crate::method::MethodVisitor) {
            $(visitor.method::<$Marker>();)+
        }

        /// The server's checklist for this file.
        pub trait Handlers: $($crate::method::Serve<$Marker> +)+ {}
        impl<H: $($crate::method::Serve<$Marker> +)+> Handlers for H {}

        /// Adds every handler of this file.
        pub fn mount<H: Handlers>(sink: &mut impl $crate::method::MethodSink<H>) {
            $(sink.add::<$Marker>();)+
        }
    };
    (@ack) => { $crate::method::NoAck };
    (@ack $Ack:ty) => { $Ack };
    (@waits) => { false };
    (@waits $waits:literal) => { $waits };
    (@access handshake) => { $crate::access::Access::Handshake };
    (@access any) => { $crate::access::Access::Any };
    (@access device) => { $crate::access::Access::Device };
    (@access node) => { $crate::access::Access::Node };
    (@access operator $scope:ident) => { $crate::access::Access::Operator($crate::access::Scope::$scope) };
    (@effect read) => { $crate::method::Effect::Read };
    (@effect idempotent) => { $crate::method::Effect::Idempotent };
    (@effect keyed) => { $crate::method::Effect::Keyed };
    (@key read) => {};
    (@key idempotent) => {};
    (@key keyed) => {
        fn idempotency_key(params: &Self::Params) -> Option<&$crate::ids::IdempotencyKey> {
            Some(&params.idempotency_key)
        }
    };
}

macro_rules! events {
    ($(
        $(#[doc = $doc:literal])*
        pub $Marker:ident = $name:literal {
            payload: $Payload:ty,
            access: $access:ident $(($scope:ident))?,
            delivery: $delivery:ident,
        }
    )+) => {
        $(
            $(#[doc = $doc])*
            #[derive(Debug)]
            pub struct $Marker;

            impl $crate::event::Event for $Marker {
                type Payload = $Payload;
                const SPEC: $crate::event::EventSpec = $crate::event::EventSpec {
                    name: $name,
                    doc: concat!($($doc, "\n"),*),
                    access: methods!(@access $access $($scope)?),
                    delivery: $crate::event::Delivery::$delivery,
                };
            }
        )+

        /// Visits every event of this file.
        pub fn visit_events(visitor: &mut impl $crate::event::EventVisitor) {
            $(visitor.event::<$Marker>();)+
        }
    };
}

macro_rules! commands {
    ($(
        $(#[doc = $doc:literal])*
        pub $Marker:ident = $name:literal {
            params: $Params:ty,
            result: $Result:ty,
            risk: $risk:ident,
            platforms: [$($platform:ident),*],
            queueable: $queueable:literal,
            scope: $scope:ident,
        }
    )+) => {
        $(
            $(#[doc = $doc])*
            #[derive(Debug)]
            pub struct $Marker;

            impl $crate::command::Command for $Marker {
                type Params = $Params;
                type Result = $Result;
                const SPEC: $crate::command::CommandSpec = $crate::command::CommandSpec {
                    name: $name,
                    doc: concat!($($doc, "\n"),*),
                    risk: $crate::command::Risk::$risk,
                    platforms: &[$($crate::command::Platform::$platform),*],
                    queueable: $queueable,
                    scope: $crate::access::Scope::$scope,
                };
            }
        )+

        /// Visits every command of this file.
        pub fn visit_commands(visitor: &mut impl $crate::command::CommandVisitor) {
            $(visitor.command::<$Marker>();)+
        }
    };
}

pub(crate) use {commands, events, methods};
