//! The table of methods, made from the catalog. It does not build while a handler is missing.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};

use jsonschema::Validator;
use serde_json::Value;
use tidegate_core::{Action, Chain, Permit, Resource, authorize};
use tidegate_protocol::{Method, MethodSink, MethodSpec, Serve, catalog, schema};

use crate::error::ApiError;
use crate::hub::Conn;
use crate::rpc::call::{Api, Call, run};

pub(crate) type Answer = Pin<Box<dyn Future<Output = Result<String, ApiError>> + Send>>;

/// Everything that a call needs, without its types.
pub(crate) struct Request {
    pub(crate) api: Api,
    pub(crate) permit: Permit,
    pub(crate) conn: Arc<Conn>,
    pub(crate) id: String,
    pub(crate) params: Value,
}

/// One method.
pub(crate) struct Entry {
    pub(crate) spec: &'static MethodSpec,
    pub(crate) run: fn(Request) -> Answer,
    schema: fn() -> Value,
    validator: OnceLock<Option<Validator>>,
}

impl Entry {
    /// Compiled when it is first needed. `None` only if our own schema does not compile, which a
    /// test rules out for every method.
    pub(crate) fn validator(&self) -> Option<&Validator> {
        self.validator
            .get_or_init(|| jsonschema::validator_for(&(self.schema)()).ok())
            .as_ref()
    }
}

/// The table.
pub(crate) struct Router {
    entries: HashMap<&'static str, Entry>,
    order: Vec<&'static str>,
}

impl Router {
    pub(crate) fn new() -> Self {
        let mut router = Self {
            entries: HashMap::new(),
            order: Vec::new(),
        };
        catalog::mount_all::<Api>(&mut router);
        router
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Entry> {
        self.entries.get(name)
    }

    pub(crate) fn names(&self) -> Vec<&'static str> {
        self.order.clone()
    }

    /// Names of the methods that dispatch will accept from a caller.
    pub(crate) fn callable(&self, chain: &Chain) -> Vec<&'static str> {
        let callable = |name: &&&'static str| {
            self.get(name).is_some_and(|entry| {
                authorize(chain, Action::Call(entry.spec), &Resource::Gateway).is_ok()
            })
        };
        self.order.iter().filter(callable).copied().collect()
    }
}

impl MethodSink<Api> for Router {
    fn add<M: Method>(&mut self)
    where
        Api: Serve<M>,
    {
        let entry = Entry {
            spec: const { &M::SPEC },
            run: |request| {
                let call =
                    Call::<M>::new(request.permit, request.conn, request.id, &request.params);
                Box::pin(run(request.api, call, request.params))
            },
            schema: schema::standalone::<M::Params>,
            validator: OnceLock::new(),
        };
        self.order.push(M::SPEC.name);
        self.entries.insert(M::SPEC.name, entry);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_schema_compiles_and_no_name_stands_twice() {
        let router = Router::new();
        assert_eq!(router.order.len(), router.entries.len());
        for entry in router.entries.values() {
            assert!(entry.validator().is_some(), "{}", entry.spec.name);
        }
    }
}
