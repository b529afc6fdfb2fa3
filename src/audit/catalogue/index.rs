//! Rules about what only the index rejects.

rules! { Index
    INDEX_PLATFORM Error / FixPlatform "IDX001" "index-platform"
        "The index rejects unknown platform tags, including a bare linux_*."
        "platform compatibility tags; PyPI's list of platforms"
        "use a platform tag that installers look for: manylinux_*, musllinux_*, macosx_X_0, win_*"
    INDEX_LOCAL_VERSION Error "IDX002" "index-local-version"
        "The index rejects local versions (1.0+abc)."
        "PEP 440, \"Local version identifiers\""
        "release a version without the + and what follows it"
    INDEX_FILE_SIZE Warning "IDX003" "index-file-size"
        "The index accepts files of up to 100 MB, unless the project has a higher limit."
        "PyPI, \"File size limit\""
        "strip the binaries, split the wheel, or request a higher limit"
    INDEX_DIRECT_URL Error "IDX004" "index-direct-url"
        "The index rejects requirements that point to a URL, because it does not control what they download."
        "PEP 440, \"Direct references\"; PyPI's metadata checks"
        "require a released version by its name"
    INDEX_PRIVATE Error "IDX005" "index-private"
        "The `Private ::` classifier marks a project that must not be published, so the index rejects it."
        "PyPI, trove classifiers"
        "remove the classifier to publish the project"
}
