//! The A2UI page: files of `ui/dist-a2ui`, in the program.

use include_dir::{Dir, include_dir};
use tidegate_core::canvas::CanvasPath;

use super::folder::INDEX;
use super::kinds::kind;

static PAGE: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../ui/dist-a2ui");

/// A file of the page by its name, with its kind; no name is the page itself.
pub(super) fn asset(name: &str) -> Option<(&'static [u8], &'static str)> {
    let path = CanvasPath::parse(if name.is_empty() { INDEX } else { name }).ok()?;
    let file = PAGE.get_file(path.as_str())?;
    Some((file.contents(), kind(&path)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_in_the_program() {
        for (name, kind) in [
            ("", "text/html; charset=utf-8"),
            ("a2ui.js", "text/javascript; charset=utf-8"),
            ("a2ui.css", "text/css; charset=utf-8"),
        ] {
            let (bytes, found) = asset(name).unwrap();
            assert!(!bytes.is_empty());
            assert_eq!(found, kind);
        }
        assert!(asset("../dist/index.html").is_none());
        assert!(asset("no.js").is_none());
    }
}
