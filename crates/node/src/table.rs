//! The commands that work here, by name, with their types around them.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value;
use tidegate_protocol::Command;

use crate::call::Call;
use crate::failure::Failure;

/// Does one command.
#[async_trait]
pub(crate) trait Serve<C: Command>: Send + Sync + 'static {
    /// Does it. Dropping the future ends it.
    async fn serve(&self, params: C::Params, call: &Call) -> Result<C::Result, Failure>;
}

type Work = Pin<Box<dyn Future<Output = Result<Value, Failure>> + Send>>;
type Row = Box<dyn Fn(Option<String>, Call) -> Work + Send + Sync>;

/// Every command that is offered.
#[derive(Default)]
pub(crate) struct Table {
    rows: BTreeMap<&'static str, Row>,
}

impl Table {
    /// Offers a command.
    pub(crate) fn offer<C: Command>(&mut self, by: &Arc<impl Serve<C>>) {
        let by = Arc::clone(by);
        let row: Row = Box::new(move |params, call| {
            let by = Arc::clone(&by);
            Box::pin(async move {
                let params = read::<C>(params.as_deref())?;
                let result = by.serve(params, &call).await?;
                serde_json::to_value(result)
                    .map_err(|why| Failure::unavailable(format!("the answer is no JSON: {why}")))
            })
        });
        self.rows.insert(C::SPEC.name, row);
    }

    /// The names, sorted.
    pub(crate) fn names(&self) -> Vec<String> {
        self.rows.keys().map(|name| (*name).to_owned()).collect()
    }

    /// Does a command.
    pub(crate) async fn serve(
        &self,
        command: &str,
        params: Option<String>,
        call: Call,
    ) -> Result<Value, Failure> {
        match self.rows.get(command) {
            Some(row) => row(params, call).await,
            None => Err(Failure::unknown(command)),
        }
    }
}

fn read<C: Command>(params: Option<&str>) -> Result<C::Params, Failure> {
    let params = params.unwrap_or("{}");
    // serde would read a list as the fields in their order.
    if !params.trim_start().starts_with('{') {
        return Err(Failure::invalid(format!("{}: an object", C::SPEC.name)));
    }
    serde_json::from_str(params).map_err(|why| Failure::invalid(format!("{}: {why}", C::SPEC.name)))
}

#[cfg(test)]
mod tests {
    use tidegate_protocol::api::commands::system::{
        SystemWhich, SystemWhichParams, SystemWhichResult,
    };

    use super::*;
    use crate::invokes::tests::call;

    struct Fixed;

    #[async_trait]
    impl Serve<SystemWhich> for Fixed {
        async fn serve(
            &self,
            params: SystemWhichParams,
            _: &Call,
        ) -> Result<SystemWhichResult, Failure> {
            let bins = params.bins.into_iter().map(|bin| (bin.clone(), bin));
            Ok(SystemWhichResult {
                bins: bins.collect(),
            })
        }
    }

    #[tokio::test]
    async fn params_are_read_closed_and_names_are_exact() {
        let mut table = Table::default();
        table.offer::<SystemWhich>(&Arc::new(Fixed));
        assert_eq!(table.names(), ["system.which"]);
        let ask = async |command: &str, params: Option<&str>| {
            let params = params.map(ToOwned::to_owned);
            table.serve(command, params, call()).await
        };
        assert_eq!(
            ask("system.which", Some(r#"{"bins":["a"]}"#)).await,
            Ok(serde_json::json!({"bins": {"a": "a"}}))
        );
        for (command, params, code) in [
            ("system.which", None, "INVALID_REQUEST"),
            ("system.which", Some("[]"), "INVALID_REQUEST"),
            ("system.which", Some(r#"[["a"]]"#), "INVALID_REQUEST"),
            (
                "system.which",
                Some(r#"{"bins":[],"x":1}"#),
                "INVALID_REQUEST",
            ),
            ("system.which ", Some(r#"{"bins":[]}"#), "UNKNOWN_COMMAND"),
            ("system.run", None, "UNKNOWN_COMMAND"),
        ] {
            assert_eq!(ask(command, params).await.unwrap_err().code, code);
        }
    }
}
