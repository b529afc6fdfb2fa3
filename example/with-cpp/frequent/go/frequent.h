#ifdef __cplusplus
extern "C"
#endif
/* Returns the most frequent word of text, or NULL. The caller frees it with free(). */
char *most_frequent(const char *text);
