//! A bucket of an S3-compatible service as a shared store, if pygo was built with the feature `s3`.
//!
//! In: `bucket/prefix`, and the variables of AWS's own tools: `AWS_ACCESS_KEY_ID`,
//! `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`, `AWS_REGION`, `AWS_ENDPOINT_URL`. Out: its objects.

use super::directory::Place;
use crate::process::Environment;

/// Opens the bucket that `rest`, the part after `s3://`, names. Connects to nothing yet.
#[cfg(not(feature = "s3"))]
pub(super) fn open(_rest: &str, _environment: &Environment) -> Result<Box<dyn Place>, String> {
    Err("this pygo was built without the feature s3; use a directory, or a wheel of pygo-tools for Linux \
         from PyPI"
        .to_owned())
}

/// Opens the bucket that `rest`, the part after `s3://`, names. Connects to nothing yet.
///
/// # Errors
/// If it has no valid name, or a variable has no valid value.
#[cfg(feature = "s3")]
pub(super) fn open(rest: &str, environment: &Environment) -> Result<Box<dyn Place>, String> {
    Ok(Box::new(client::Bucket::new(rest, environment)?))
}

#[cfg(feature = "s3")]
mod client {
    use std::io;
    use std::time::Duration;

    use object_store::aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey};
    use object_store::list::{PaginatedListOptions, PaginatedListStore};
    use object_store::path::Path;
    use object_store::{ClientOptions, Error, ObjectMeta, ObjectStoreExt, RetryConfig};
    use tokio::runtime::{Builder, Runtime};

    use crate::factory::store::directory::{Object, Place, too_large};
    use crate::process::Environment;

    /// A build must not wait long for a service that does not answer.
    const CONNECT: Duration = Duration::from_secs(5);
    const REQUEST: Duration = Duration::from_secs(60);

    pub(super) struct Bucket {
        runtime: Runtime,
        store: AmazonS3,
        prefix: Path,
    }

    impl Bucket {
        pub(super) fn new(rest: &str, environment: &Environment) -> Result<Self, String> {
            let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
            let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
            if bucket.is_empty() || !bucket.chars().all(is_name) {
                let help = "write s3://bucket/prefix, and credentials into AWS_ variables";
                return Err(format!("it is not a valid bucket name: {help}"));
            }
            let client = ClientOptions::new().with_connect_timeout(CONNECT).with_timeout(REQUEST);
            let retry = RetryConfig {
                max_retries: 2,
                retry_timeout: Duration::from_secs(15),
                ..RetryConfig::default()
            };
            let mut builder = AmazonS3Builder::new()
                .with_client_options(client)
                .with_retry(retry)
                .with_bucket_name(bucket);
            for (name, value) in environment.select(&["AWS_*"]) {
                if let Ok(key) = name.to_ascii_lowercase().parse::<AmazonS3ConfigKey>() {
                    builder = builder.with_config(key, value);
                }
            }
            // A service on this machine or in a private network may have no certificate.
            let endpoint = environment.get("AWS_ENDPOINT_URL").unwrap_or_default();
            builder = builder.with_allow_http(endpoint.as_encoded_bytes().starts_with(b"http:"));
            // Fails only if there is one already.
            let _ = rustls::crypto::ring::default_provider().install_default();
            let store = builder.build().map_err(|error| error.to_string())?;
            let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build();
            let runtime = runtime.map_err(|error| error.to_string())?;
            let prefix = Path::parse(prefix.trim_end_matches('/')).map_err(|e| e.to_string())?;
            Ok(Self { runtime, store, prefix })
        }

        fn path(&self, name: &str) -> Path {
            let parts = name.split('/').map(Into::into);
            self.prefix.parts().chain(parts).collect()
        }

        /// The objects below `dir`; those directly below it if there is a `delimiter`.
        async fn pages(
            &self,
            dir: &str,
            delimiter: Option<&'static str>,
        ) -> Result<Vec<ObjectMeta>, Error> {
            let prefix = format!("{}/", self.path(dir));
            let (mut objects, mut page_token) = (Vec::new(), None);
            loop {
                let delimiter = delimiter.map(Into::into);
                let options = PaginatedListOptions {
                    delimiter,
                    page_token,
                    ..PaginatedListOptions::default()
                };
                let page = self.store.list_paginated(Some(&prefix), options).await?;
                objects.extend(page.result.objects);
                page_token = page.page_token;
                if page_token.is_none() {
                    return Ok(objects);
                }
            }
        }

        fn listed(&self, dir: &str, delimiter: Option<&'static str>) -> io::Result<Vec<Object>> {
            // What is not found then is the bucket.
            let found = self.runtime.block_on(self.pages(dir, delimiter));
            let found = found.map_err(|error| short(&error))?;
            let object = |about: ObjectMeta| {
                let name = about.location.prefix_match(&self.prefix)?;
                let name = name.map(|part| part.as_ref().to_owned()).collect::<Vec<_>>().join("/");
                Some(Object { name, size: about.size, written: about.last_modified.into() })
            };
            Ok(found.into_iter().filter_map(object).collect())
        }
    }

    /// Nothing if it does not exist.
    fn found<T>(result: Result<T, Error>) -> io::Result<Option<T>> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(short(&error)),
        }
    }

    /// The innermost cause: what encloses it repeats addresses. Of a service's answer, its code and
    /// what that means.
    fn short(error: &Error) -> io::Error {
        let mut cause: &dyn std::error::Error = error;
        while let Some(inner) = cause.source() {
            cause = inner;
        }
        let text = cause.to_string();
        let element = |name: &str| {
            let (_, rest) = text.split_once(&format!("<{name}>"))?;
            rest.split_once(&format!("</{name}>")).map(|(content, _)| content)
        };
        io::Error::other(match (element("Code"), element("Message")) {
            (Some(code), Some(message)) => format!("{code}: {message}"),
            (Some(code), None) => code.to_owned(),
            _ => text,
        })
    }

    impl Place for Bucket {
        fn list(&self, dir: &str) -> io::Result<Vec<Object>> {
            self.listed(dir, Some("/"))
        }

        fn list_all(&self, dir: &str) -> io::Result<Vec<Object>> {
            self.listed(dir, None)
        }

        fn get(&self, name: &str, limit: u64) -> io::Result<Option<Vec<u8>>> {
            let path = self.path(name);
            let read = async {
                let Some(object) = found(self.store.get(&path).await)? else { return Ok(None) };
                if object.meta.size > limit {
                    return Err(too_large(name, limit));
                }
                Ok(found(object.bytes().await)?.map(|bytes| bytes.to_vec()))
            };
            self.runtime.block_on(read)
        }

        fn put(&self, name: &str, bytes: Vec<u8>) -> io::Result<()> {
            let path = self.path(name);
            let written = self.runtime.block_on(self.store.put(&path, bytes.into()));
            written.map(drop).map_err(|error| short(&error))
        }

        fn remove(&self, name: &str) -> io::Result<()> {
            let path = self.path(name);
            found(self.runtime.block_on(self.store.delete(&path))).map(drop)
        }
    }
}
