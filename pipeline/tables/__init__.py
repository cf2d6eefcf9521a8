"""The tables, column by column, one module a stage; `catalog` lists them all."""
