/** The ending of a file that may hold a table. */
export const TABLE_ENDING = /\.(csv|tsv|txt|dat|lvm|lp|prom|parquet|jsonl?|ndjson|xlsx)(?:\.(?:gz|zst))?$/i
