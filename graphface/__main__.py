from graphface.cli import main

main()
