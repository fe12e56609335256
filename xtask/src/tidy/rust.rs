//! Reading Rust by its lines; rustfmt sees to it that lines say enough.

/// The lines of a file that are not in a `#[cfg(test)]` module, with their numbers.
pub(super) fn without_tests(text: &str) -> Vec<(usize, &str)> {
    let mut kept = Vec::new();
    let mut lines = text.lines().enumerate().peekable();
    while let Some((index, line)) = lines.next() {
        let indent = line.len() - line.trim_start().len();
        if line.trim() != "#[cfg(test)]" {
            kept.push((index + 1, line));
            continue;
        }
        // Other attributes may stand between; then a module with a body, or something else.
        let mut head = vec![(index + 1, line)];
        while let Some((index, line)) = lines.next_if(|(_, line)| line.trim().starts_with("#[")) {
            head.push((index + 1, line));
        }
        let is_module = lines.peek().is_some_and(|(_, line)| {
            let line = line.trim();
            line.ends_with('{') && (line.starts_with("mod ") || line.starts_with("pub(crate) mod "))
        });
        if is_module {
            let end = " ".repeat(indent) + "}";
            lines.by_ref().find(|(_, line)| *line == end);
        } else {
            kept.extend(head);
        }
    }
    kept
}

/// The first line of a `mod.rs` that does more than declare and re-export.
pub(super) fn more_than_declares(text: &str) -> Option<usize> {
    let mut open = false;
    for (number, line) in without_tests(text) {
        let code = line.split("//").next().unwrap_or_default().trim();
        if code.is_empty() || (!open && code.starts_with('#')) {
            continue;
        }
        if !open && !declares(code) {
            return Some(number);
        }
        open = !code.ends_with(';');
    }
    None
}

fn declares(code: &str) -> bool {
    let mut rest = code;
    if let Some(public) = code.strip_prefix("pub") {
        rest = public.trim_start();
        if let Some(limited) = rest.strip_prefix('(') {
            rest = limited
                .split_once(')')
                .map_or("", |(_, rest)| rest.trim_start());
        }
    }
    rest.starts_with("mod ") && rest.ends_with(';') || rest.starts_with("use ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str =
        "fn a() {}\n#[cfg(test)]\n#[allow(x)]\nmod tests {\n    fn b() {\n    }\n}\nfn c() {}\n";

    #[test]
    fn a_test_module_is_left_out() {
        assert_eq!(without_tests(FILE), [(1, "fn a() {}"), (8, "fn c() {}")]);
    }

    #[test]
    fn other_things_for_tests_are_kept() {
        let text = "#[cfg(test)]\nmod tests;\n#[cfg(test)]\nfn a() {\n}\n";
        assert_eq!(without_tests(text).len(), 5);
    }

    #[test]
    fn a_module_front_declares_and_re_exports_only() {
        let good = "//! Doc.\n\n#[cfg(unix)]\nmod a;\npub(crate) mod b;\n\npub use a::{\n    X,\n    Y,\n};\n\
                    #[cfg(test)]\nmod tests {\n    fn x() {}\n}\n";
        assert_eq!(more_than_declares(good), None);
        for bad in [
            "fn a() {}",
            "pub struct A;",
            "const A: u8 = 1;",
            "mod a {",
            "macro_rules! a {",
        ] {
            assert_eq!(
                more_than_declares(&format!("mod b;\n\n{bad}\n")),
                Some(3),
                "{bad}"
            );
        }
    }
}
