//! ECR: repositories, images by tag and digest, manifests, and where blobs are downloaded.

use bytes::Bytes;
use http::Response;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{ApiError, Asked, paged, response};
use crate::{
    registry::{Repository, Stored},
    time::epoch_seconds,
    world::World,
};

/// Below this path, the blobs that GetDownloadUrlForLayer points to.
pub(super) const BLOBS: &str = "/_simulator/blobs/";

/// Answers an operation of ECR.
pub(super) fn answer(world: &World, operation: &str, asked: &Asked<'_>) -> Result<Value, ApiError> {
    match operation {
        "DescribeRepositories" => describe_repositories(world, &asked.input()?),
        "DescribeImages" => describe_images(world, &asked.input()?),
        "ListImages" => list_images(world, &asked.input()?),
        "BatchGetImage" => batch_get_image(world, &asked.input()?),
        "GetDownloadUrlForLayer" => download_url(world, &asked.input()?, asked.host()),
        _ => Err(ApiError::unknown_operation()),
    }
}

#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct ImageId {
    #[serde(skip_serializing_if = "Option::is_none")]
    image_digest: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image_tag: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DescribeRepositories {
    registry_id: Option<String>,
    repository_names: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Images {
    registry_id: Option<String>,
    repository_name: String,
    image_ids: Option<Vec<ImageId>>,
    next_token: Option<String>,
    max_results: Option<i64>,
    filter: Option<Filter>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Filter {
    tag_status: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Layer {
    registry_id: Option<String>,
    repository_name: String,
    layer_digest: String,
}

/// The repository, in the registry that is meant: this account's unless another is named.
fn repository<'a>(
    world: &'a World,
    registry: Option<&str>,
    name: &str,
) -> Result<&'a Repository, ApiError> {
    let registry = registry.unwrap_or(&world.document.account);
    let found = world
        .repositories
        .get(name)
        .filter(|_| registry == world.document.account);
    let missing = || {
        let message = format!(
            "The repository with name '{name}' does not exist in the registry with id '{registry}'"
        );
        ApiError::new("RepositoryNotFoundException", message)
    };
    found
        .filter(|repository| repository.created_at <= world.now)
        .ok_or_else(missing)
}

fn describe_repositories(world: &World, asked: &DescribeRepositories) -> Result<Value, ApiError> {
    let all: Vec<String> = world.repositories.keys().cloned().collect();
    let mut described = Vec::new();
    for name in asked.repository_names.as_ref().unwrap_or(&all) {
        let repository = repository(world, asked.registry_id.as_deref(), name)?;
        described.push(json!({
            "repositoryArn": world.repository_arn(name),
            "registryId": world.document.account,
            "repositoryName": name,
            "repositoryUri": format!("{}/{name}", world.registry()),
            "createdAt": epoch_seconds(repository.created_at),
            "imageTagMutability": if repository.immutable { "IMMUTABLE" } else { "MUTABLE" },
            "imageScanningConfiguration": { "scanOnPush": false },
            "encryptionConfiguration": { "encryptionType": "AES256" },
        }));
    }
    Ok(json!({ "repositories": described }))
}

/// Why an image id finds nothing.
enum NotFound {
    /// Neither a digest nor a tag was given.
    Empty,
    Missing,
    /// Both were given, and the tag stands elsewhere.
    Mismatch,
}

fn find<'a>(repository: &'a Repository, id: &ImageId) -> Result<&'a Stored, NotFound> {
    match (&id.image_digest, &id.image_tag) {
        (None, None) => Err(NotFound::Empty),
        (Some(digest), None) => repository.by_digest(digest).ok_or(NotFound::Missing),
        (None, Some(tag)) => repository.by_tag(tag).ok_or(NotFound::Missing),
        (Some(digest), Some(tag)) => match repository.by_digest(digest) {
            None => Err(NotFound::Missing),
            Some(_) if repository.tags.get(tag) != Some(digest) => Err(NotFound::Mismatch),
            Some(stored) => Ok(stored),
        },
    }
}

fn page_size(asked: &Images) -> Result<usize, ApiError> {
    match asked.max_results {
        None => Ok(100),
        Some(size @ 1..=1000) => Ok(usize::try_from(size).unwrap_or(100)),
        Some(_) => Err(ApiError::invalid_parameter(
            "maxResults must be between 1 and 1000.",
        )),
    }
}

/// Whether a filter for tagged or untagged images lets one pass.
fn passes(asked: &Images, tagged: bool) -> bool {
    match asked
        .filter
        .as_ref()
        .and_then(|filter| filter.tag_status.as_deref())
    {
        Some("TAGGED") => tagged,
        Some("UNTAGGED") => !tagged,
        _ => true,
    }
}

fn describe_images(world: &World, asked: &Images) -> Result<Value, ApiError> {
    let repository = repository(world, asked.registry_id.as_deref(), &asked.repository_name)?;
    if let Some(ids) = &asked.image_ids {
        let mut details = Vec::new();
        for id in ids {
            let stored =
                find(repository, id).map_err(|_| image_not_found(world, repository, id))?;
            details.push(detail(world, repository, stored));
        }
        return Ok(json!({ "imageDetails": details }));
    }
    let tagged = |stored: &Stored| !repository.tags_of(&stored.manifest.digest).is_empty();
    let images = repository
        .manifests
        .iter()
        .filter(|stored| passes(asked, tagged(stored)));
    let details = images
        .map(|stored| detail(world, repository, stored))
        .collect();
    let (details, token) = paged(details, asked.next_token.as_deref(), page_size(asked)?)?;
    let mut described = json!({ "imageDetails": details });
    if let Some(token) = token {
        described["nextToken"] = token.into();
    }
    Ok(described)
}

fn image_not_found(world: &World, repository: &Repository, id: &ImageId) -> ApiError {
    let text = |part: &Option<String>| part.clone().unwrap_or_else(|| "null".to_owned());
    let (digest, tag) = (text(&id.image_digest), text(&id.image_tag));
    let message = format!(
        "The image with imageId {{imageDigest:'{digest}', imageTag:'{tag}'}} does not exist within the repository \
         with name '{}' in the registry with id '{}'",
        repository.name, world.document.account
    );
    ApiError::new("ImageNotFoundException", message)
}

fn detail(world: &World, repository: &Repository, stored: &Stored) -> Value {
    let manifest = &stored.manifest;
    let mut detail = json!({
        "registryId": world.document.account,
        "repositoryName": repository.name,
        "imageDigest": manifest.digest,
    });
    let tags = repository.tags_of(&manifest.digest);
    if !tags.is_empty() {
        detail["imageTags"] = tags.into();
    }
    detail["imageSizeInBytes"] = manifest.size.into();
    detail["imagePushedAt"] = epoch_seconds(stored.pushed_at).into();
    detail["imageManifestMediaType"] = manifest.media_type.into();
    if let Some(artifact) = manifest.artifact_media_type {
        detail["artifactMediaType"] = artifact.into();
    }
    detail
}

fn list_images(world: &World, asked: &Images) -> Result<Value, ApiError> {
    let repository = repository(world, asked.registry_id.as_deref(), &asked.repository_name)?;
    let mut ids = Vec::new();
    for stored in &repository.manifests {
        let digest = &stored.manifest.digest;
        let tags = repository.tags_of(digest);
        if tags.is_empty() && passes(asked, false) {
            ids.push(json!({ "imageDigest": digest }));
        }
        if passes(asked, true) {
            ids.extend(
                tags.iter()
                    .map(|tag| json!({ "imageDigest": digest, "imageTag": tag })),
            );
        }
    }
    let (ids, token) = paged(ids, asked.next_token.as_deref(), page_size(asked)?)?;
    let mut listed = json!({ "imageIds": ids });
    if let Some(token) = token {
        listed["nextToken"] = token.into();
    }
    Ok(listed)
}

fn batch_get_image(world: &World, asked: &Images) -> Result<Value, ApiError> {
    let repository = repository(world, asked.registry_id.as_deref(), &asked.repository_name)?;
    let ids = asked.image_ids.as_deref().unwrap_or_default();
    if ids.is_empty() || ids.len() > 100 {
        return Err(ApiError::invalid_parameter(
            "Invalid parameter at 'imageIds' failed to satisfy constraint: 'Member must have length between 1 and 100'",
        ));
    }
    let (mut images, mut failures) = (Vec::new(), Vec::new());
    for id in ids {
        match find(repository, id) {
            Ok(stored) => images.push(image(world, repository, stored, id)),
            Err(why) => failures.push(failure(id, &why)),
        }
    }
    Ok(json!({ "images": images, "failures": failures }))
}

fn image(world: &World, repository: &Repository, stored: &Stored, asked: &ImageId) -> Value {
    let image_digest = Some(stored.manifest.digest.clone());
    json!({
        "registryId": world.document.account,
        "repositoryName": repository.name,
        "imageId": ImageId { image_digest, image_tag: asked.image_tag.clone() },
        "imageManifest": stored.manifest.bytes,
        "imageManifestMediaType": stored.manifest.media_type,
    })
}

fn failure(id: &ImageId, why: &NotFound) -> Value {
    let (code, reason) = match why {
        NotFound::Empty => (
            "MissingDigestAndTag",
            "Invalid request parameters: both tag and digest cannot be null",
        ),
        NotFound::Missing => ("ImageNotFound", "Requested image not found"),
        NotFound::Mismatch => (
            "ImageTagDoesNotMatchDigest",
            "Requested image tag does not match the digest",
        ),
    };
    json!({ "imageId": id, "failureCode": code, "failureReason": reason })
}

fn download_url(world: &World, asked: &Layer, host: &str) -> Result<Value, ApiError> {
    let repository = repository(world, asked.registry_id.as_deref(), &asked.repository_name)?;
    if !repository.blobs.contains_key(&asked.layer_digest) {
        let message = format!(
            "Unable to find layer with digest '{}' in the repository with name '{}' in the registry with id '{}'",
            asked.layer_digest, repository.name, world.document.account
        );
        return Err(ApiError::new("LayersNotFoundException", message));
    }
    let url = format!("http://{host}{BLOBS}{}", asked.layer_digest);
    Ok(json!({ "downloadUrl": url, "layerDigest": asked.layer_digest }))
}

/// The bytes of a blob, of whichever repository has it: they are the same everywhere.
pub(super) fn blob(world: &World, digest: &str) -> Response<Bytes> {
    match world
        .repositories
        .values()
        .find_map(|repository| repository.blobs.get(digest))
    {
        Some(bytes) => response(200, "application/octet-stream", bytes.clone()),
        None => response(
            404,
            "application/xml",
            "<Error><Code>NoSuchKey</Code></Error>".into(),
        ),
    }
}
