/* Calls that this project does not make; each has a safe form in base.h or in the standard library. Forced into
 * every source file by the build. */
#ifndef BW_BANNED_H
#define BW_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf strtok gets
#pragma GCC poison atoi atol atoll atof gmtime localtime ctime asctime alloca

#endif
