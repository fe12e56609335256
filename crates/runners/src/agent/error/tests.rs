use std::time::Duration;

use expect_test::expect;
use proptest::prelude::*;

use super::*;
use crate::agent::failure::until;

/// 2026-01-24 10:00:00.5 UTC.
const NOW_MS: u64 = 1_769_248_800_500;
const KEY: &str = "sk-marker-0123456789";

fn key() -> Secret<String> {
    Secret::new(KEY.to_owned())
}

#[test]
fn every_refusal_says_who_what_and_what_to_do() {
    let cases: [(u16, &str); 21] = [
        (
            401,
            r#"{"error":{"message":"Incorrect API key provided: sk-marker-0123456789.","code":"invalid_api_key"}}"#,
        ),
        (
            403,
            r#"{"type":"error","error":{"type":"permission_error","message":"Not yours"}}"#,
        ),
        (402, ""),
        (404, r#"{"error":"model 'x' not found"}"#),
        (302, "<html>moved</html>"),
        (
            400,
            r#"{"error":{"message":"This model's maximum context length is 8192 tokens.","code":"context_length_exceeded"}}"#,
        ),
        (
            400,
            r#"{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 210000 tokens > 200000 maximum"}}"#,
        ),
        (
            500,
            r#"{"error":{"code":500,"message":"the request exceeds the available context size","type":"exceed_context_size_error"}}"#,
        ),
        (413, "<html>big</html>"),
        (
            400,
            r#"{"error":{"message":"The response was filtered","code":"content_filter"}}"#,
        ),
        (
            400,
            r#"{"object":"error","message":"bad\u001b[31m \u202etext\n\n here","type":"BadRequestError"}"#,
        ),
        (
            422,
            r#"{"detail":[{"loc":["body","model"],"msg":"field required"}]}"#,
        ),
        (
            429,
            r#"{"error":{"message":"You exceeded your current quota","type":"insufficient_quota"}}"#,
        ),
        (
            400,
            r#"{"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low"}}"#,
        ),
        (
            429,
            r#"[{"error":{"code":429,"message":"Slow down","status":"RESOURCE_EXHAUSTED"}}]"#,
        ),
        (408, ""),
        (500, "oops"),
        (503, "<html>nginx</html>"),
        (
            529,
            r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#,
        ),
        (501, ""),
        (418, r#"{"error":null,"message":7}"#),
    ];
    let lines: Vec<String> = cases
        .iter()
        .map(|(status, body)| {
            let failure = of_response("mine", "big/model", *status, body, Some(&key()));
            let retry = if failure.retry { "again" } else { "once" };
            let error = failure.into_error("mine", 1, NOW_MS);
            format!("{:?} {retry}: {}\n", error.kind, error.message)
        })
        .collect();
    expect![[r#"
        Auth once: mine refused the key (401). Check models.providers.mine.apiKey. It said: "Incorrect API key provided: [key]."
        Auth once: mine does not allow this (403). Check that the key of models.providers.mine.apiKey may use big/model. It said: "Not yours"
        Unknown once: mine wants to be paid (402). Check the account's billing there.
        Unknown once: mine has no model big/model, or nothing at this address (404). Check the model's name and models.providers.mine.baseUrl (most end with /v1). It said: "model 'x' not found"
        Unknown once: mine sends requests elsewhere (302), and a key is not carried there. Set models.providers.mine.baseUrl to the address where the server really is.
        ContextLength once: mine cannot take this conversation, it is too long for big/model (400). Start a new conversation, or choose a model with a larger context. It said: "This model's maximum context length is 8192 tokens."
        ContextLength once: mine cannot take this conversation, it is too long for big/model (400). Start a new conversation, or choose a model with a larger context. It said: "prompt is too long: 210000 tokens > 200000 maximum"
        ContextLength once: mine cannot take this conversation, it is too long for big/model (500). Start a new conversation, or choose a model with a larger context. It said: "the request exceeds the available context size"
        ContextLength once: mine cannot take this conversation, it is too long for big/model (413). Start a new conversation, or choose a model with a larger context.
        Refusal once: mine refused the content (400). Say it in other words. It said: "The response was filtered"
        Unknown once: mine refused the request (400). Check the model big/model and models.providers.mine. It said: "bad [31m text here"
        Unknown once: mine refused the request (422). Check the model big/model and models.providers.mine. It said: "[{"loc":["body","model"],"msg":"field required"}]"
        Unknown once: mine has no credit left (429). Check the account's billing there. It said: "You exceeded your current quota"
        Unknown once: mine has no credit left (400). Check the account's billing there. It said: "Your credit balance is too low"
        RateLimit again: mine is limiting requests (429). Send it again in a minute. It said: "Slow down"
        Timeout again: mine took too long (408). Send it again in a minute.
        Unknown again: mine had a failure of its own (500). Send it again in a minute. It said: "oops"
        Unknown again: mine is overloaded (503). Send it again in a minute.
        Unknown again: mine is overloaded (529). Send it again in a minute. It said: "Overloaded"
        Unknown once: mine had a failure of its own (501).
        Unknown once: mine refused the request (418). Check the model big/model and models.providers.mine.
    "#]].assert_eq(&lines.concat());
}

#[test]
fn a_wait_is_named_by_its_end() {
    let failure = of_response("mine", "m", 429, "", None);
    let wait = Some(Duration::from_millis(90_100));
    let error = Failure { wait, ..failure }.into_error("mine", 3, NOW_MS);
    assert_eq!(
        error.message,
        "mine is limiting requests (429) (3 tries). It takes requests again at 10:01:31 UTC."
    );
    assert_eq!(error.retry_after_ms, Some(90_100));
    assert_eq!(until(NOW_MS, 86_400_000), "on 2026-01-25 at 10:00:01 UTC");
    assert_eq!(until(NOW_MS, u64::MAX), "later");
}

proptest! {
    #[test]
    fn any_body_is_short_clean_and_without_the_key(status in 0u16..1000, front in ".{0,400}", back in "\\PC{0,400}") {
        let body = format!("{front}{KEY}{back}");
        let failure = of_response("mine", "m", status, &body, Some(&key()));
        let message = failure.into_error("mine", 1, NOW_MS).message;
        prop_assert!(!message.contains(KEY));
        prop_assert!(!message.chars().any(char::is_control));
        prop_assert!(message.chars().count() < 700);
    }
}
