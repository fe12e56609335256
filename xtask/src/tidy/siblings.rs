//! A chat network knows nothing of the others: no folder of one names that of another.

use std::collections::BTreeSet;

use super::files::Source;
use super::rules::has_word;

/// Where every network has a folder.
const NETWORKS: &str = "crates/channels/src/";
/// The file that makes a folder there that of a network.
const MARK: &str = "/network.rs";

/// Tells the lines by which one network leans on another.
pub(super) fn check(sources: &[Source]) -> Vec<String> {
    let networks: BTreeSet<&str> = sources.iter().filter_map(network_made_by).collect();
    let mut problems = Vec::new();
    for source in sources.iter().filter(|source| source.is_rust()) {
        let Some(own) = folder_of(source).filter(|own| networks.contains(own)) else {
            continue;
        };
        for other in networks.iter().filter(|other| **other != own) {
            let lines = (1..).zip(source.text.lines());
            let leaning = lines.filter(|(_, line)| leans_on(other, line));
            problems.extend(leaning.map(|(number, _)| {
                format!(
                    "{}:{number}: `{own}` leans on `{other}`: what two networks share goes \
                     beside their folders",
                    source.path
                )
            }));
        }
    }
    problems
}

/// The network whose folder this file is the mark of.
fn network_made_by(source: &Source) -> Option<&str> {
    let path = source.path.strip_prefix(NETWORKS)?;
    path.strip_suffix(MARK).filter(|name| !name.contains('/'))
}

/// The folder below those of the networks in which a file lies.
fn folder_of(source: &Source) -> Option<&str> {
    let path = source.path.strip_prefix(NETWORKS)?;
    path.split_once('/').map(|(folder, _)| folder)
}

/// Whether a line of code names a module, in a path or an import.
fn leans_on(module: &str, line: &str) -> bool {
    let code = line.split("//").next().unwrap_or_default();
    let is_import = code
        .trim_start()
        .trim_start_matches("pub ")
        .starts_with("use ");
    let paths = [format!("{module}::"), format!("::{module}")];
    let is_path = paths.iter().any(|path| code.contains(path));
    has_word(code, module) && (is_import || is_path)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines of a file in the folder of `tide` that lean on `wave`, another network.
    fn leaning(text: &str) -> Vec<String> {
        let sources = [
            Source::new("crates/channels/src/tide/network.rs", ""),
            Source::new("crates/channels/src/wave/network.rs", ""),
            Source::new("crates/channels/src/http.rs", "use crate::wave::Wave;\n"),
            Source::new(
                "crates/channels/src/shared/a.rs",
                "use crate::wave::Wave;\n",
            ),
            Source::new("crates/channels/src/tide/map/a.rs", text),
        ];
        check(&sources)
            .iter()
            .map(|problem| problem.split(": ").next().unwrap().to_owned())
            .collect()
    }

    #[test]
    fn a_network_that_leans_on_another_is_found() {
        for wrong in [
            "use crate::wave::Wave;",
            "use crate::wave;",
            "pub use super::super::wave::api::Api;",
            "use crate::{http, wave as w};",
            "    let it = crate::wave::html(text);",
            "    let it = wave::html(text); // crate::tide::html",
        ] {
            let text = format!("//! A file.\n{wrong}\n");
            let here = ["crates/channels/src/tide/map/a.rs:2"];
            assert_eq!(leaning(&text), here, "{wrong}");
        }
    }

    #[test]
    fn its_own_folder_and_what_all_share_are_found_by_nobody() {
        for good in [
            "use crate::tide::Tide;",
            "use crate::http::HttpClient;",
            "use crate::wavelength::Wave;",
            "// As crate::wave::html does.",
            "    let wave = poll_wave(poll);",
        ] {
            assert!(leaning(&format!("{good}\n")).is_empty(), "{good}");
        }
    }
}
