/* Libraries that few runs need: opened when such a file is met, so that a run over plain mail loads none of them. */
#include "input/internal.h"

#include <dlfcn.h>
#include <string.h>

void *bw_library_open(const char *const *names, size_t count, bool for_good)
{
    const int flags = RTLD_NOW | RTLD_LOCAL | (for_good ? RTLD_NODELETE : 0);
    void *library = NULL;
    for (size_t i = 0; i < count && !library; i++)
        library = dlopen(names[i], flags);
    return library;
}

/* ISO C has no cast from an object pointer to a function pointer, POSIX has the copy. */
bool bw_library_bind(void *function, void *library, const char *name)
{
    void *address = dlsym(library, name);
    memcpy(function, &address, sizeof address);
    return address != NULL;
}

void bw_library_close(void *library)
{
    if (library)
        dlclose(library);
}
