//! Image references: what is read is shown as something that reads alike.

use touchdown::checks::contract::ImageReference;
use touchdown::checks::reads::Repository;

pub(crate) fn read(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let _ = Repository::of_image(&text);
    let Ok(image) = text.parse::<ImageReference>() else {
        return;
    };
    let shown = image.to_string();
    assert_eq!(shown.parse().as_ref(), Ok(&image), "shown as {shown}");
    assert!(
        image.tag.is_some() || image.digest.is_some(),
        "names no image: {image:?}"
    );
    assert!(shown.ends_with(&image.without_registry()), "{shown}");
    assert_eq!(image.same_repository(&image), image.repository.is_some());
}
