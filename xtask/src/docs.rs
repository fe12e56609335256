//! Text that a task writes into a paper: what stands between two markers is the task's.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// Puts `text` between `<!-- name -->` and `<!-- /name -->`.
pub(crate) fn write_between(path: &Path, name: &str, text: &str) -> Result<()> {
    let old =
        fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let new = between(&old, name, text).with_context(|| {
        format!(
            "{}: `<!-- {name} -->` or its end is missing",
            path.display()
        )
    })?;
    fs::write(path, new).with_context(|| format!("cannot write {}", path.display()))
}

fn between(old: &str, name: &str, text: &str) -> Option<String> {
    let (start, end) = (format!("<!-- {name} -->"), format!("<!-- /{name} -->"));
    let (before, rest) = old.split_once(&start)?;
    let (_, after) = rest.split_once(&end)?;
    Some(format!(
        "{before}{start}\n{}\n{end}{after}",
        text.trim_end()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_between_the_markers_changes() {
        let old = "a\n<!-- x -->\nold\n<!-- /x -->\nb\n";
        assert_eq!(
            between(old, "x", "new\n").unwrap(),
            "a\n<!-- x -->\nnew\n<!-- /x -->\nb\n"
        );
        assert_eq!(between(old, "y", "new"), None);
    }
}
