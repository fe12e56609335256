//! How a node learns that something was approved: by fields that only the gateway writes (D15).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Fields of a node's parameters that say that something was approved. Nodes of the family believe
/// them, so a caller never brings them, at whatever depth (SECURITY T50).
pub const RESERVED_FIELDS: [&str; 3] = ["approved", "approvalDecision", "runId"];

/// What a person decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// This, once.
    AllowOnce,
    /// This, and exactly this again.
    AllowAlways,
    /// No.
    Deny,
}

/// A caller brought a field that is ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the field {0} is set by the gateway alone")]
pub struct ReservedField(pub &'static str);

/// Refuses parameters in which a caller says that something was approved.
///
/// # Errors
/// The first such field.
pub fn check_unreserved(params: &Value) -> Result<(), ReservedField> {
    let mut values = vec![params];
    while let Some(value) = values.pop() {
        match value {
            Value::Object(fields) => {
                let reserved = RESERVED_FIELDS
                    .into_iter()
                    .find(|name| fields.contains_key(*name));
                if let Some(name) = reserved {
                    return Err(ReservedField(name));
                }
                values.extend(fields.values());
            }
            Value::Array(items) => values.extend(items),
            _ => {}
        }
    }
    Ok(())
}

/// The gateway's word for one run on a node. It is used up when it is written.
#[derive(Debug, PartialEq, Eq)]
pub struct Grant {
    /// None: nobody was asked, so the node's own rules decide.
    decision: Option<Decision>,
    run_id: String,
}

impl Grant {
    /// The word for a person's decision; `None` if it was a no.
    pub fn new(decision: Decision, run_id: String) -> Option<Self> {
        (decision != Decision::Deny).then_some(Self {
            decision: Some(decision),
            run_id,
        })
    }

    /// The word for a run that no person was asked about: its name, and no approval.
    pub const fn of_rules(run_id: String) -> Self {
        Self {
            decision: None,
            run_id,
        }
    }

    /// Writes it into a caller's parameters.
    ///
    /// # Errors
    /// If the caller brought such a field; then nothing was approved.
    pub fn write_into(
        self,
        params: Map<String, Value>,
    ) -> Result<Map<String, Value>, ReservedField> {
        let params = Value::Object(params);
        check_unreserved(&params)?;
        let mut params = params.as_object().cloned().unwrap_or_default();
        let word = match self.decision {
            Some(Decision::AllowAlways) => Some("allow-always"),
            Some(Decision::AllowOnce) => Some("allow-once"),
            Some(Decision::Deny) | None => None,
        };
        if let Some(word) = word {
            params.insert("approved".to_owned(), Value::Bool(true));
            params.insert("approvalDecision".to_owned(), word.into());
        }
        params.insert("runId".to_owned(), self.run_id.into());
        Ok(params)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Result<(), ReservedField> {
        check_unreserved(&serde_json::from_str(text).unwrap())
    }

    #[test]
    fn a_caller_brings_no_approval_at_any_depth() {
        for text in [
            r#"{"approved":true}"#,
            r#"{"approved":false}"#,
            r#"{"approved":null}"#,
            r#"{"command":["ls"],"approvalDecision":"allow-once"}"#,
            r#"{"runId":"x"}"#,
            r#"{"a":{"b":[1,{"c":[[{"approved":true}]]}]}}"#,
            r#"[{"approved":true}]"#,
            // The same name twice, and written with an escape.
            r#"{"approved":true,"approved":false}"#,
            r#"{"\u0061pproved":true}"#,
        ] {
            assert!(check(text).is_err(), "{text}");
        }
        for text in [
            r#"{"command":["echo","approved"]}"#,
            r#"{"a":"approved"}"#,
            "null",
            "[]",
            "1",
        ] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn the_gateway_adds_them_once() {
        let Value::Object(params) = serde_json::json!({"command": ["ls"]}) else {
            panic!()
        };
        let grant = || Grant::new(Decision::AllowAlways, "run".into()).unwrap();
        let written = grant().write_into(params).unwrap();
        assert_eq!(
            Value::Object(written.clone()),
            serde_json::json!({"command": ["ls"], "approved": true, "approvalDecision": "allow-always", "runId": "run"})
        );
        assert!(grant().write_into(written).is_err());
        let Value::Object(params) = serde_json::json!({"command": ["ls"]}) else {
            panic!()
        };
        let of_rules = Grant::of_rules("run".into()).write_into(params).unwrap();
        assert_eq!(
            Value::Object(of_rules),
            serde_json::json!({"command": ["ls"], "runId": "run"}),
            "nobody approved it"
        );
        assert_eq!(Grant::new(Decision::Deny, "run".into()), None);
    }
}
