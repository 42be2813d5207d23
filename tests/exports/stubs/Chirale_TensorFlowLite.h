/* The library's own header declares nothing that the exported sketch uses. */
