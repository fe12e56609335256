//! The words for why this machine is not let in, or cannot use its own folder, and what to do then.

use tidegate_client::{Error, PutOut};
use tidegate_node::{HomeError, is_unfit};
use tidegate_protocol::api::connect::{AUTH_PASSWORD_MISSING, AUTH_TOKEN_MISSING, CODE_WRONG_ROLE};

use super::entry::Entry;
use super::unit;
use crate::args::Globals;
use crate::exit::Exit;
use crate::output::Failure;

/// The node's own files are wrong; trying again will not help.
#[expect(
    clippy::needless_pass_by_value,
    reason = "it is what becomes of an error: for map_err"
)]
pub(super) fn unusable(why: HomeError) -> Failure {
    match why {
        HomeError::Taken => Failure::new(Exit::Failed, why.to_string()).next(
            "stop that one first (where it runs as a service with `systemctl --user stop`, else Ctrl-C), \
             then do this again: nothing was changed, and a setup code was not used",
        ),
        _ => Failure::new(Exit::Config, why.to_string()),
    }
}

impl Entry {
    /// Why the gateway did not let this machine in.
    pub(super) fn failure(&self, why: &Error) -> Failure {
        let failure = Failure {
            place: Some(self.access.address.to_string()),
            ..Failure::new(Exit::of(why), why.to_string())
        };
        if let Some(how) = why.put_out() {
            return Failure {
                what: put_out(how).to_owned(),
                ..failure.next(self.join_again.as_str()).elsewhere()
            };
        }
        if self.access.auth.bootstrap_token.is_some() && why.refusal().is_some() {
            let what = code_refused(why).map_or(failure.what.clone(), str::to_owned);
            return Failure { what, ..failure }.next(NEW_CODE).elsewhere();
        }
        if is_unfit(why) {
            return Failure {
                what: self.unfit(why).to_owned(),
                ..failure.next(self.join_again.as_str()).elsewhere()
            };
        }
        match why.distrust() {
            Some(shown) if shown.pinned.is_none() => failure.next(
                "compare the fingerprint with what `tidegate status` shows on the gateway's own \
                 host, then give it with --tls-fingerprint",
            ).elsewhere(),
            Some(_) => failure.next(
                "if the gateway has a new certificate, give its fingerprint with --tls-fingerprint",
            ),
            None => failure,
        }
    }

    /// What is wrong with what was shown.
    fn unfit(&self, why: &Error) -> &'static str {
        match why.detail_code() {
            Some(AUTH_TOKEN_MISSING | AUTH_PASSWORD_MISSING) => {
                "this node has no token of the gateway yet"
            }
            _ if self.access.auth.token.is_some() => {
                "the gateway takes neither the secret that this node was given nor a token that it has"
            }
            _ => "the gateway does not take the token of this node any more",
        }
    }
}

/// What the gateway says of a code that lets nobody in, without its advice for other clients.
fn code_refused(why: &Error) -> Option<&'static str> {
    let wrong_role = why.detail_reason() == Some(CODE_WRONG_ROLE);
    (is_unfit(why) && !wrong_role).then_some("the setup code was used before, or has expired")
}

/// What to do about a code that is none, or lets nobody in.
pub(super) const NEW_CODE: &str = "make a new one with `tidegate devices code --node` on the gateway, copy all of it, \
    and use it once, within ten minutes";

/// What became of a node, in a sentence.
const fn put_out(how: PutOut) -> &'static str {
    match how {
        PutOut::Revoked => "the owner of the gateway revoked this node",
        PutOut::Removed => "the owner of the gateway removed this node",
    }
}

/// What brings it back.
pub(super) fn join_again(globals: &Globals) -> String {
    let (program, unit) = (program(globals), unit::name(globals.profile.as_deref()));
    format!(
        "to join, make a code with `tidegate devices code --node` on the gateway's host, then here: \
         {program} node run --setup-code - (for the service: {program} node install --setup-code -, \
         then systemctl --user restart {unit})"
    )
}

/// This program as it is called for this profile.
pub(super) fn program(globals: &Globals) -> String {
    let profile = globals.profile.as_deref();
    profile.map_or_else(
        || "tidegate".to_owned(),
        |profile| format!("tidegate --profile {profile}"),
    )
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use tidegate_client::{ErrorKind, Phase, Refusal};
    use tidegate_protocol::ErrorShape;
    use tidegate_protocol::api::connect::AUTH_BOOTSTRAP_TOKEN_INVALID;

    use super::*;

    fn refused(details: Value) -> Error {
        let refusal = Refusal {
            shape: ErrorShape::invalid("unauthorized").with_details(details),
            payload: None,
            close: None,
        };
        Error {
            phase: Phase::Hello,
            kind: ErrorKind::Refused(Box::new(refusal)),
        }
    }

    #[test]
    fn a_code_for_another_role_was_not_used_before() {
        let code = AUTH_BOOTSTRAP_TOKEN_INVALID;
        let over = code_refused(&refused(json!({ "code": code })));
        assert!(over.is_some_and(|words| words.contains("used before")));
        let other = json!({ "code": code, "reason": CODE_WRONG_ROLE });
        assert_eq!(code_refused(&refused(other)), None);
    }
}
