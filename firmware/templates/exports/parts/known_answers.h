/* Inputs with known outputs: whether a board computes what the model does.
 *
 * Inputs are made by a formula, so that they take no flash. The outputs were computed by
 * tinymledu {{ version }}: its NumPy reference interpreter, which is tested to equal TensorFlow Lite
 * Micro to the last bit.
 */
#define {{ macro }}_N_KNOWN_ANSWERS {{ answers.patterns | length }}

/* Writes input k, 0 to {{ macro }}_N_KNOWN_ANSWERS - 1, of {{ answers.input_bytes }} B. */
void {{ c_name }}_known_input(int32_t k, void *input);

/* How many values of an output of {{ answers.output_bytes }} B differ from known output k. */
int32_t {{ c_name }}_known_output_differs(int32_t k, const void *output);
