//! Rules that the index alone has.

use super::rules;

rules! { Index:
    INDEX_PLATFORM Error "IDX001" "index-platform"
        "The index refuses platform tags that it does not know, a bare linux_* among them."
        "platform compatibility tags; PyPI's list of platforms"
        "tag it for a platform that installers ask for: manylinux_*, musllinux_*, macosx_X_0, win_*"
    INDEX_LOCAL_VERSION Error "IDX002" "index-local-version"
        "The index refuses versions with a local part (1.0+abc)."
        "PEP 440, \"Local version identifiers\""
        "release a version without what follows the +"
    INDEX_FILE_SIZE Warning "IDX003" "index-file-size"
        "The index takes files of up to 100 MB unless a project was granted more."
        "PyPI, \"File size limit\""
        "strip the binaries, split the wheel, or ask for a higher limit"
    INDEX_DIRECT_URL Error "IDX004" "index-direct-url"
        "The index refuses requirements that point to a URL: what they fetch is outside its control."
        "PEP 440, \"Direct references\"; PyPI's checks of metadata"
        "require a released version by its name"
    INDEX_PRIVATE Error "IDX005" "index-private"
        "A `Private ::` classifier says that the project is not to be published, and the index refuses it."
        "PyPI, trove classifiers"
        "take the classifier out when the project is to be published"
}
