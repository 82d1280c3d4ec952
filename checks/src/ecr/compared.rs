//! An image beside the one before, layer by layer.

use super::before::Before;
use super::judged::to_build;
use super::layers::{Layers, MadeLayer};
use crate::contract::{Body, Expected, Finding};
use crate::ecs::short;

/// The expected image of a container, and the one before.
#[derive(Clone, Copy, Debug)]
pub(super) struct Compared<'a> {
    pub container: &'a str,
    pub expected: &'a Expected,
    pub before: &'a Before,
    pub old: &'a Layers,
    pub new: &'a Layers,
}

impl Compared<'_> {
    /// Judges whether the image was made anew: the layers of an instruction, or any.
    pub fn judge(&self, instruction: Option<&str>) -> Finding {
        let same = |layer: &&MadeLayer| self.old.has(layer);
        let Some(text) = instruction else {
            let (all, same) = (
                self.new.layers.len(),
                self.new.layers.iter().filter(same).count(),
            );
            return if same == all {
                self.nothing_differs(all)
            } else {
                Finding::holds(format!(
                    "{} of {all} layers of {} differ from the image before ({})",
                    all - same,
                    self.expected.called(),
                    self.before.told()
                ))
            };
        };
        let made_by = |layer: &MadeLayer| layer.made_by.clone().filter(|made| made.contains(text));
        let mut meant = self
            .new
            .layers
            .iter()
            .filter_map(|layer| Some((layer, made_by(layer)?)))
            .peekable();
        let Some((_, first)) = meant.peek().cloned() else {
            return self.no_such_instruction(text);
        };
        match meant.find(|(layer, _)| same(layer)) {
            Some((_, made_by)) => self.cached(&made_by),
            None => Finding::holds(format!(
                "the layer made by `{first}` differs from the image before ({})",
                self.before.told()
            )),
        }
    }

    fn cached(&self, made_by: &str) -> Finding {
        Finding::broken(format!(
            "the layer made by `{made_by}` is the same as in the image before ({}): the build reused its cache",
            self.before.told()
        ))
        .hint(self.rebuild())
    }

    fn nothing_differs(&self, layers: usize) -> Finding {
        let (image, before) = (self.expected.called(), self.before.told());
        let headline = if self.old.digest == self.new.digest {
            format!(
                "{image} is for this platform the same image as before ({before}): only the index around it differs"
            )
        } else {
            format!(
                "all {layers} layers of {image} are the same as in the image before ({before}): only its configuration differs, such as labels or the build time"
            )
        };
        Finding::broken(headline).hint(self.rebuild())
    }

    /// What the cache may have kept, and where else old code comes from.
    fn rebuild(&self) -> String {
        let image = to_build(self.expected);
        format!(
            "Rebuild without the cache; where the layer is the same again, the new code is not in the build context (.dockerignore, checkout, `--cache-from`).{}\n  docker build --no-cache --tag {image} . && docker push {image}",
            self.before.caveat()
        )
    }

    fn no_such_instruction(&self, text: &str) -> Finding {
        let image = self.expected.called();
        let made: Vec<String> = self
            .new
            .layers
            .iter()
            .filter_map(|layer| Some(format!("`{}`", layer.made_by.as_deref()?)))
            .collect();
        let finding = if made.is_empty() {
            Finding::unobserved(format!(
                "which instruction made which layer of {image} is unknown: its history doesn't tell"
            ))
            .hint("Some builders write none. Leave `instruction` out, and compare all layers.")
        } else {
            Finding::unobserved(format!("no layer of {image} was made by `{text}`")).hint(format!(
                "The instructions that made its layers: {}.",
                made.join(", ")
            ))
        };
        finding.lasting()
    }

    /// Both images, and each layer of the new one.
    pub fn evidence(&self) -> [Body; 2] {
        let wanted = format!("another than {}", self.before.told());
        let what = format!(
            "image of container `{}` ({})",
            self.container, self.expected.image
        );
        let digest = self.expected.digest().unwrap_or_default();
        let rows = self.new.layers.iter().map(|layer| {
            let says = if self.old.has(layer) {
                "as before"
            } else {
                "new"
            };
            [
                layer.made_by.clone().unwrap_or_else(|| "-".into()),
                short(&layer.diff_id),
                layer.size.map_or_else(|| "-".into(), megabytes),
                says.to_owned(),
            ]
        });
        let title = format!("layers of {}", self.expected.called());
        let columns = ["made by", "content", "compressed", "says"];
        [
            Body::compared(what, wanted, digest),
            Body::table(title, columns, rows),
        ]
    }
}

/// `30.4 MB`, in decimal megabytes as Docker tells sizes; `812 B` below a tenth of one.
fn megabytes(bytes: u64) -> String {
    const TENTH: u64 = 100_000;
    if bytes < TENTH {
        return format!("{bytes} B");
    }
    let tenths = bytes / TENTH;
    format!("{}.{} MB", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_as_docker_tells_them() {
        assert_eq!(megabytes(30_430_532), "30.4 MB");
        assert_eq!(megabytes(812), "812 B");
    }
}
