/* What the exported main.c uses of Zephyr. */
__attribute__((format(printf, 1, 2))) void printk(const char *format, ...);
