//! What the owner of this machine wrote down: `node.json` in the node's folder. Everything has a
//! default; a key that is not known is refused, so that a typing error cannot open anything.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tidegate_exec::{Demand, Fence};

/// The file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct HostConfig {
    /// Name for people; the host name if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Which gateway.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gateway: Option<GatewayConfig>,
    /// Where programs start if nothing else is wanted; the home folder if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cwd: Option<PathBuf>,
    /// Whether the programs of `system.run` are kept out of the state directory.
    pub fence: FenceConfig,
    /// Folders whose files are offered; none if empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub folders: Vec<Folder>,
    /// The canvas.
    pub canvas: CanvasConfig,
    /// The cameras.
    pub camera: CameraConfig,
    /// The screens.
    pub screen: ScreenConfig,
    /// Where this machine is; it has no other way to know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Place>,
}

/// Whether programs are kept out of the state directory, with the key and the tokens of this node.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FenceConfig {
    /// Yes; where the kernel cannot see to it, no program runs.
    Required,
    /// Yes; where the kernel cannot, programs run, and the start says so.
    #[default]
    BestEffort,
    /// No.
    Off,
}

impl FenceConfig {
    /// Around this folder.
    pub(crate) fn around(self, folder: &Path) -> Option<Fence> {
        let demand = match self {
            Self::Required => Demand::Required,
            Self::BestEffort => Demand::BestEffort,
            Self::Off => return None,
        };
        Some(Fence::around(vec![folder.to_owned()], demand))
    }
}

/// Which gateway.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GatewayConfig {
    /// Its address, such as `wss://gate.example:18789`.
    pub url: String,
    /// SHA-256 of the certificate that it must show, whoever vouches for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls_fingerprint: Option<String>,
}

/// A folder whose files are offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Folder {
    /// The first part of a path in `file.*`: letters, digits, `-` and `_`.
    pub name: String,
    /// Where it is; an absolute path.
    pub path: PathBuf,
    /// Whether files may be written there; no if absent.
    #[serde(default)]
    pub write: bool,
}

/// The canvas: a Chromium without a window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct CanvasConfig {
    /// Whether it is offered; yes if absent.
    pub enabled: bool,
    /// The program; the first of `chromium`, `chromium-browser`, `google-chrome` if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub program: Option<String>,
    /// Whether pages are kept apart from this machine by Chromium's own sandbox; yes if absent. It
    /// does not work for root, nor in most containers.
    pub sandbox: bool,
}

impl Default for CanvasConfig {
    fn default() -> Self {
        Self {
            enabled: true,
            program: None,
            sandbox: true,
        }
    }
}

/// The cameras.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct CameraConfig {
    /// Which there are; those of the kernel (`/dev/video*`) if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub devices: Option<Vec<Camera>>,
    /// Where sound comes from; films are silent if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audio: Option<InputConfig>,
}

/// A camera.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Camera {
    /// Its id, for `deviceId`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// `front` or `back`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<String>,
    /// Where its pictures come from.
    pub input: InputConfig,
}

/// An input of ffmpeg.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct InputConfig {
    /// Its format, such as `v4l2`, `x11grab`, `pulse`.
    pub format: String,
    /// Its source, such as `/dev/video0`, `:0`, `default`.
    pub source: String,
}

/// The screens.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ScreenConfig {
    /// Which there are; the one of the variable `DISPLAY` if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inputs: Option<Vec<InputConfig>>,
    /// Where sound comes from; films are silent if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audio: Option<InputConfig>,
}

/// A place on earth.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Place {
    /// Degrees north, -90 to 90.
    pub lat: f64,
    /// Degrees east, -180 to 180.
    pub lon: f64,
    /// How exact, in metres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accuracy_meters: Option<f64>,
    /// Metres above the sea.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub altitude_meters: Option<f64>,
}

impl HostConfig {
    /// Reads it.
    ///
    /// # Errors
    /// What is wrong, and in which line.
    pub fn from_text(text: &str) -> Result<Self, String> {
        // serde would read a list as the fields in their order.
        if !text.trim_start().starts_with('{') {
            return Err("an object in braces is expected".to_owned());
        }
        let config: Self = serde_json::from_str(text).map_err(|why| why.to_string())?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<(), String> {
        for (at, folder) in self.folders.iter().enumerate() {
            let named = self.folders.iter().filter(|one| one.name == folder.name);
            if !is_name(&folder.name) || named.count() > 1 {
                return Err(format!(
                    "folders[{at}].name: letters, digits, - and _, and each name once"
                ));
            }
            if !folder.path.is_absolute() {
                return Err(format!("folders[{at}].path: an absolute path"));
            }
        }
        if self.cwd.as_ref().is_some_and(|cwd| !cwd.is_absolute()) {
            return Err("cwd: an absolute path".to_owned());
        }
        let on_earth = |place: &Place| place.lat.abs() <= 90.0 && place.lon.abs() <= 180.0;
        if !self.location.as_ref().is_none_or(on_earth) {
            return Err("location: lat from -90 to 90, lon from -180 to 180".to_owned());
        }
        Ok(())
    }
}

fn is_name(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_with_everything_is_read_and_an_empty_one_is_the_default() {
        assert_eq!(HostConfig::from_text("{}"), Ok(HostConfig::default()));
        let text = r#"{
            "displayName": "attic",
            "gateway": {"url": "wss://gate.example:1", "tlsFingerprint": "00"},
            "cwd": "/srv",
            "folders": [{"name": "docs", "path": "/srv/docs"}, {"name": "in", "path": "/srv/in", "write": true}],
            "canvas": {"enabled": true, "program": "/opt/chromium", "sandbox": false},
            "camera": {"devices": [{"id": "c", "name": "Test", "position": "front", "input": {"format": "lavfi", "source": "testsrc"}}]},
            "screen": {"inputs": [{"format": "x11grab", "source": ":0"}], "audio": {"format": "pulse", "source": "default"}},
            "location": {"lat": 52.5, "lon": 13.4, "accuracyMeters": 50}
        }"#;
        let read = HostConfig::from_text(text).unwrap();
        let written = serde_json::to_string(&read).unwrap();
        assert_eq!(HostConfig::from_text(&written), Ok(read.clone()));
        assert!(!read.folders[0].write && read.folders[1].write);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for text in [
            "",
            "[]",
            r#"{"folder": []}"#,
            r#"{"folders": [{"name": "a", "path": "/", "writable": true}]}"#,
            r#"{"folders": [{"name": "a", "path": "relative"}]}"#,
            r#"{"folders": [{"name": "", "path": "/a"}]}"#,
            r#"{"folders": [{"name": "a/b", "path": "/a"}]}"#,
            r#"{"folders": [{"name": "..", "path": "/a"}]}"#,
            r#"{"folders": [{"name": "a", "path": "/a"}, {"name": "a", "path": "/b"}]}"#,
            r#"{"cwd": "here"}"#,
            r#"{"location": {"lat": 91, "lon": 0}}"#,
            r#"{"location": {"lat": 0, "lon": -180.5}}"#,
        ] {
            assert!(HostConfig::from_text(text).is_err(), "{text}");
        }
    }
}
