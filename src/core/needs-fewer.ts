/** The remedy of `data-too-short` where the window decides how many samples are needed. */
export const NEEDS_FEWER = 'Give more samples. A model that is trained with a smaller --window needs fewer'
