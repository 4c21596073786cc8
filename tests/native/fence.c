/*
 * Puts each tensor's memory against a page that nobody may touch, so that a kernel that reads or writes beyond it ends its process
 * then and there, and each time. Loaded by LD_PRELOAD. The runtime asks posix_memalign for tensors, the JVM does not; what others
 * ask of malloc stays as it is. The page lies behind the memory, or before it with FENCE=before. Freed memory may not be touched
 * either, and is given again late. What is written into the rest of a tensor's own pages is found when it is freed. Tensors of 64 MiB
 * and more are not fenced.
 */
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

extern void *__libc_memalign(size_t alignment, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void __libc_free(void *memory);

#define PAGE 4096UL
#define PAGES (1UL << 19)   /* 2 GiB of addresses */
#define LARGE (64UL << 20)
#define ALIGNMENT 64UL      /* what the runtime needs; so up to 63 bytes lie between a tensor and the page behind it */
#define UNSET 0xA5

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char *arena;
static uint32_t taken[PAGES]; /* for each page of a piece, how many pages the piece has with its fence; 0 where it is free */
static uint32_t bytes[PAGES]; /* at a piece's first page */
static size_t next = 1;       /* before the first piece there is a page as well */
static int is_before;

__attribute__((constructor)) static void start(void) {
  const char *mode = getenv("FENCE");
  is_before = mode != NULL && strcmp(mode, "before") == 0;
  void *found = mmap(NULL, PAGES * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (found != MAP_FAILED) arena = found;
}

static int is_fenced(const void *memory) {
  return arena != NULL && (const char *)memory >= arena && (const char *)memory < arena + PAGES * PAGE;
}

static size_t page_of(const void *memory) { return (size_t)((const char *)memory - arena) / PAGE; }

/* The first page of so many free ones, looking on from where the last were found; 0 where there are none. */
static size_t take(size_t pages, size_t size) {
  size_t found = 0;
  pthread_mutex_lock(&lock);
  for (size_t at = next, looked = 0; found == 0 && looked < PAGES;) {
    if (at + pages > PAGES) {
      looked += PAGES - at;
      at = 1;
      continue;
    }
    size_t free_pages = 0;
    while (free_pages < pages && taken[at + free_pages] == 0) free_pages++;
    if (free_pages == pages) {
      for (size_t page = 0; page < pages; page++) taken[at + page] = (uint32_t)pages;
      bytes[at] = (uint32_t)size;
      next = at + pages;
      found = at;
    } else {
      at += free_pages + 1;
      looked += free_pages + 1;
    }
  }
  pthread_mutex_unlock(&lock);
  return found;
}

static void *fenced(size_t size) {
  size_t rounded = size == 0 ? ALIGNMENT : (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  size_t inside = (rounded + PAGE - 1) / PAGE * PAGE;
  size_t first = arena == NULL ? 0 : take(inside / PAGE + 1, size);
  if (first == 0) return NULL;
  char *piece = arena + first * PAGE;
  if (mprotect(piece, inside, PROT_READ | PROT_WRITE) != 0) return NULL;
  memset(piece, UNSET, inside);
  return is_before ? piece : piece + inside - rounded;
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
  void *found = size < LARGE ? fenced(size) : NULL;
  if (found == NULL) found = __libc_memalign(alignment, size);
  if (found == NULL) return ENOMEM;
  *memory = found;
  return 0;
}

static void end(const char *why) {
  fprintf(stderr, "Check failed: a tensor's memory was %s\n", why);
  abort();
}

/* Between the pages' beginning and the tensor, and between the tensor and the pages' end. */
static void look_beside(const char *piece, size_t inside, const char *memory, size_t size) {
  for (const char *at = piece; at < piece + inside; at++) {
    if (at == memory) at += size;
    if (at < piece + inside && (unsigned char)*at != UNSET) end("written beyond");
  }
}

void free(void *memory) {
  if (!is_fenced(memory)) {
    __libc_free(memory);
    return;
  }
  size_t first = page_of(memory), pages = taken[first];
  if (pages == 0) end("freed twice");
  char *piece = arena + first * PAGE;
  look_beside(piece, (pages - 1) * PAGE, memory, bytes[first]);
  madvise(piece, (pages - 1) * PAGE, MADV_DONTNEED);
  mprotect(piece, (pages - 1) * PAGE, PROT_NONE);
  pthread_mutex_lock(&lock);
  memset(taken + first, 0, pages * sizeof *taken);
  pthread_mutex_unlock(&lock);
}

void *realloc(void *memory, size_t size) {
  if (!is_fenced(memory)) return __libc_realloc(memory, size);
  size_t had = bytes[page_of(memory)];
  void *found = malloc(size);
  if (found != NULL) {
    memcpy(found, memory, had < size ? had : size);
    free(memory);
  }
  return found;
}
