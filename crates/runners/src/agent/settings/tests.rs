use tidegate_core::ManualClock;

use super::*;

fn settings(api: Api, base_url: &str) -> ProviderSettings {
    ProviderSettings {
        name: "mine".into(),
        api,
        base_url: base_url.into(),
        api_key: None,
        models: Vec::new(),
        max_output_tokens: None,
    }
}

#[test]
fn addresses() {
    let base = |api, url: &str| base_url(&settings(api, url)).map_err(|error| error.to_string());
    let ok = |text: &str| Ok(text.to_owned());
    assert_eq!(base(Api::OpenAi, ""), ok("https://api.openai.com/v1"));
    assert_eq!(
        base(Api::OpenAi, " http://127.0.0.1:11434/v1/ "),
        ok("http://127.0.0.1:11434/v1")
    );
    assert_eq!(base(Api::OpenAi, "http://h/openai"), ok("http://h/openai"));
    for url in [
        "",
        "https://api.anthropic.com",
        "https://api.anthropic.com/",
        "https://api.anthropic.com/v1/",
    ] {
        assert_eq!(
            base(Api::Anthropic, url),
            ok("https://api.anthropic.com/v1")
        );
    }
    for (url, word) in [
        ("localhost:11434", "https://"),
        ("not a url", "write it like"),
        ("file:///etc/passwd", "https://"),
        ("https://me:secret@h/v1", "apiKey"),
        ("https://h/v1?key=secret", "without ?"),
    ] {
        let error = base(Api::OpenAi, url).unwrap_err();
        assert!(
            error.starts_with("models.providers.mine.baseUrl") && error.contains(word),
            "{error}"
        );
        assert!(!error.contains("secret"), "{error}");
    }
}

#[test]
fn keys_that_cannot_be_sent_are_refused_without_being_shown() {
    let clock = Arc::new(ManualClock::at(0));
    let http = HttpClient::new().unwrap();
    let with_key = |key: &str| ProviderSettings {
        api_key: Some(Secret::new(key.to_owned())),
        ..settings(Api::Anthropic, "")
    };
    let error = build(with_key("sk-mark\ner"), http.clone(), clock.clone())
        .err()
        .unwrap();
    assert!(
        error
            .to_string()
            .starts_with("models.providers.mine.apiKey"),
        "{error}"
    );
    assert!(!format!("{error}{error:?}").contains("sk-mark"));
    assert!(build(with_key("sk-mark\n"), http, clock).is_ok());
}

#[test]
fn words_of_the_dialects() {
    for api in [Api::OpenAi, Api::Anthropic] {
        assert_eq!(Api::parse(api.as_str()), Some(api));
    }
    assert_eq!(Api::parse("openai"), None);
}
